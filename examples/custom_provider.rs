//! A provider of one's own: the pair lies in a JSON file that a broker on this machine keeps fresh.
//!
//! ```console
//! $ echo '{"id": "ak-1", "secret": "as-2"}' > pair.json
//! $ BROKER_FILE=pair.json cargo run --example custom_provider
//! using ak-1 from broker: pair.json
//! ```

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example prints, and reads what it likes"
)]

use std::io::Read;
use std::path::{Path, PathBuf};

use modal_credentials::{
    Context, Credentials, Failure, FailureKind, Found, Lookup, ProvideFuture, Provider, Resolver,
    SecretString,
};

/// Reads the pair from the file that `BROKER_FILE` names.
struct Broker;

impl Provider for Broker {
    fn name(&self) -> &'static str {
        "broker"
    }

    fn provide<'a>(&'a self, context: &'a Context<'a>) -> ProvideFuture<'a> {
        Box::pin(async move {
            // Not configured is fine: the next source is asked. Whatever goes wrong after this line is a failure.
            let Some(path) = context.host.var_os("BROKER_FILE").map(PathBuf::from) else {
                return Lookup::Absent("BROKER_FILE is unset".to_owned());
            };
            // Reading a file blocks, and a provider must not: it would hold up everybody else on the thread.
            match tokio::task::spawn_blocking(move || read(&path)).await {
                Ok(Ok(found)) => found.into(),
                Ok(Err(failure)) => failure.into(),
                Err(_) => Failure::new(FailureKind::Unavailable, "reading was interrupted").into(),
            }
        })
    }
}

fn read(path: &Path) -> Result<Found, Failure> {
    let invalid = |what: &str| Failure::new(FailureKind::Invalid, format!("{}: {what}", path.display()));
    let file = std::fs::File::open(path)
        .map_err(|error| Failure::new(FailureKind::Unavailable, format!("{}: {error}", path.display())))?;
    // Every input is bounded.
    let mut text = String::new();
    file.take(64 * 1024).read_to_string(&mut text).map_err(|_| invalid("cannot be read"))?;
    // Of the parser's error only that there is one: its text may hold the secret.
    let pair: serde_json::Value = serde_json::from_str(&text).map_err(|_| invalid("is no JSON"))?;
    let text_of = |field| pair.get(field).and_then(serde_json::Value::as_str);
    let (Some(id), Some(secret)) = (text_of("id"), text_of("secret")) else {
        return Err(invalid("needs the texts `id` and `secret`").with_hint("restart the broker"));
    };
    let credentials =
        Credentials::new(id, SecretString::from(secret)).map_err(|error| invalid(&error.to_string()))?;
    Ok(Found::new(credentials).with_item(path.display()))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let resolver = Resolver::builder().provider(Broker).build()?;
    let resolved = resolver.resolve_blocking()?;
    println!("using {} from {}", resolved.credentials().display_id(), resolved.origin());
    Ok(())
}
