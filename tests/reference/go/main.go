// What does the official Go client make of this environment and these files?
//
// One JSON request a line on standard input, one JSON answer a line on standard output, until end of file:
//
//	{"env": {"HOME": "/tmp/x", "MODAL_PROFILE": "prod", ...}}    the whole environment of the case
//	    {"pair": [id, secret]}, {"pair": null} (no token, half of one, or OAuth), or {"refused": "..."}
//
// What the oracle itself cannot do is {"oracle_error": "..."}. JSON in Go has no lone surrogates, so variables that
// are not UTF-8 cannot be asked about here.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	modal "github.com/modal-labs/modal-client/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

type request struct {
	Env map[string]string `json:"env"`
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			if !errors.Is(err, io.EOF) {
				log.Fatal(err)
			}
			return
		}
		if err := answers.Encode(answer(line)); err != nil {
			log.Fatal(err)
		}
	}
}

func answer(line []byte) map[string]any {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return map[string]any{"oracle_error": err.Error()}
	}
	os.Clearenv()
	for name, value := range asked.Env {
		if err := os.Setenv(name, value); err != nil {
			return map[string]any{"oracle_error": fmt.Sprintf("%s: %v", name, err)}
		}
	}

	pair, err := officialPair()
	if err != nil {
		return map[string]any{"refused": err.Error()}
	}
	return map[string]any{"pair": pair}
}

// errStop ends each call before it reaches the network. It is no gRPC status, so that the client does not retry it.
var errStop = errors.New("stopped by the oracle")

// officialPair has the official client make a call, and takes the token from the headers it was about to send.
//
// Interceptors of one's own run after the client's, as the last thing before the connection, which gRPC opens only
// when the first call gets past them. Whatever is called, the client asks for its AuthToken first: that is the
// call which is seen here.
func officialPair() ([]string, error) {
	var sent metadata.MD
	client, err := modal.NewClientWithOptions(&modal.ClientParams{
		GRPCUnaryInterceptors: []grpc.UnaryClientInterceptor{
			func(ctx context.Context, _ string, _, _ any, _ *grpc.ClientConn, _ grpc.UnaryInvoker, _ ...grpc.CallOption) error {
				sent, _ = metadata.FromOutgoingContext(ctx)
				return errStop
			},
		},
	})
	if err != nil {
		return nil, err
	}
	defer client.Close()

	_, err = client.Environments.FromName(context.Background(), "oracle", nil)
	switch {
	case sent == nil && strings.Contains(err.Error(), "missing credentials"):
		return nil, nil
	case sent == nil:
		return nil, err
	}
	// The headers were added for the call and again for the AuthToken within it: the same twice.
	ids, secrets := sent.Get("x-modal-token-id"), sent.Get("x-modal-token-secret")
	if len(ids) == 0 || len(secrets) == 0 {
		return nil, nil
	}
	return []string{ids[0], secrets[0]}, nil
}
