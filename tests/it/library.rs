//! The library as a service uses it: the documented order key by key, providers of one's own, deadlines, both ways to wait.

use std::future::Future;
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use modal_credentials::config::Selectors;
use modal_credentials::host::{Clock, Host};
use modal_credentials::{
    Config, Context, Credentials, Error, ExposeSecret, Failure, FailureKind, KeyOrigin, Lookup,
    ProvideFuture, Provider, Resolved, Resolver, ResolverBuilder, SecretString, SourceStatus,
};

use crate::support::{World, leak};

const FILE: &str = "[default]\ntoken_id = \"ak-file\"\ntoken_secret = \"as-fileB4n6Mq8Wz2\"\n";

fn host(world: &World, vars: &[(&str, &str)]) -> Host {
    let home = [("HOME", world.home().to_str().unwrap())];
    Host::with_vars(home.into_iter().chain(vars.iter().copied()))
}

fn pair(resolved: &Resolved) -> (String, String) {
    let credentials = resolved.credentials();
    (credentials.token_id().to_owned(), credentials.token_secret().expose_secret().to_owned())
}

/// What a provider of the tests does when it is asked.
#[derive(Clone)]
enum Act {
    Found(&'static str),
    Absent,
    Failed,
    Hang,
    Panic,
}

struct Scripted {
    name: &'static str,
    act: Act,
    asked: Arc<AtomicU32>,
}

impl Scripted {
    fn new(name: &'static str, act: Act) -> Self {
        Self { name, act, asked: Arc::default() }
    }
}

impl Provider for Scripted {
    fn name(&self) -> &str {
        self.name
    }

    fn provide<'a>(&'a self, _: &'a Context<'a>) -> ProvideFuture<'a> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            match self.act {
                Act::Found(id) => Credentials::new(id, SecretString::from("as-scriptedC3v5")).unwrap().into(),
                Act::Absent => Lookup::Absent("nothing here".to_owned()),
                Act::Failed => {
                    Failure::new(FailureKind::Denied, "the door is shut").with_hint("knock").into()
                }
                Act::Hang => std::future::pending().await,
                Act::Panic => panic!("as-panicX1c3V5b7N9"),
            }
        })
    }
}

/// How a program passes its own keys in.
type PassIn = fn(ResolverBuilder) -> ResolverBuilder;
/// The environment, what is passed in, and the pair that has to come of it.
type PrecedenceCase<'a> = (&'a [(&'a str, &'a str)], PassIn, (&'a str, &'a str));

#[test]
fn program_then_environment_then_file_key_by_key() {
    let world = World::with_config(FILE);
    let env_id = ("MODAL_TOKEN_ID", "ak-env");
    let env_secret = ("MODAL_TOKEN_SECRET", "as-env");
    let (file_id, file_secret) = ("ak-file", "as-fileB4n6Mq8Wz2");
    let with_id: PassIn = |builder| builder.token_id("ak-program");
    let with_secret: fn(ResolverBuilder) -> ResolverBuilder =
        |builder| builder.token_secret("as-program".into());
    let with_both: PassIn = |builder| builder.token_id("ak-program").token_secret("as-program".into());
    let plain: PassIn = |builder| builder;
    #[rustfmt::skip]
    let cases: [PrecedenceCase<'_>; 10] = [
        (&[],                   plain,       (file_id, file_secret)),
        (&[env_id],             plain,       ("ak-env", file_secret)),
        (&[env_secret],         plain,       (file_id, "as-env")),
        (&[env_id, env_secret], plain,       ("ak-env", "as-env")),
        (&[],                   with_id,     ("ak-program", file_secret)),
        (&[env_secret],         with_id,     ("ak-program", "as-env")),
        (&[env_id, env_secret], with_id,     ("ak-program", "as-env")),
        (&[env_id, env_secret], with_secret, ("ak-env", "as-program")),
        (&[],                   with_secret, (file_id, "as-program")),
        (&[env_id, env_secret], with_both,   ("ak-program", "as-program")),
    ];
    for (vars, passed_in, (id, secret)) in cases {
        let resolver = passed_in(Resolver::builder().host(host(&world, vars))).build().unwrap();
        let resolved = resolver.resolve_blocking().unwrap();
        assert_eq!(pair(&resolved), (id.to_owned(), secret.to_owned()), "{vars:?}");
        assert_eq!(resolved.origin().is_mixed(), !resolved.warnings().is_empty(), "a mixed pair warns");
    }
}

#[test]
fn a_whole_pair_from_the_program_reads_no_file() {
    let world = World::with_config("this is no TOML");
    let pair = Credentials::new("ak-program", SecretString::from("as-program")).unwrap();
    let resolver = Resolver::builder().host(host(&world, &[])).credentials(&pair).build().unwrap();
    assert_eq!(resolver.resolve_blocking().unwrap().origin().token_id, KeyOrigin::Explicit);
}

#[test]
fn a_provider_of_ones_own_stands_before_environment_and_file() {
    let world = World::with_config(FILE);
    let resolver = Resolver::builder()
        .host(host(&world, &[]))
        .provider(Scripted::new("first", Act::Absent))
        .provider(Scripted::new("second", Act::Found("ak-second")))
        .build()
        .unwrap();
    assert_eq!(resolver.resolve_blocking().unwrap().credentials().token_id(), "ak-second");
    let explanation = resolver.explain_blocking().unwrap();
    let statuses: Vec<_> =
        explanation.sources.iter().map(|s| (s.source.as_str(), s.status, s.hidden_token)).collect();
    assert_eq!(
        statuses,
        [
            ("explicit", SourceStatus::Absent, None),
            ("first", SourceStatus::Absent, None),
            ("second", SourceStatus::Found, None),
            ("environment", SourceStatus::NotTried, Some(false)),
            ("file", SourceStatus::NotTried, Some(true)),
        ]
    );
}

#[test]
fn a_source_that_fails_never_selects_a_weaker_one() {
    let world = World::with_config(FILE);
    let last = Scripted::new("last", Act::Found("ak-last"));
    let asked = last.asked.clone();
    let resolver = Resolver::builder()
        .host(host(&world, &[("MODAL_TOKEN_ID", "ak-env"), ("MODAL_TOKEN_SECRET", "as-env")]))
        .provider(Scripted::new("first", Act::Failed))
        .provider(last)
        .build()
        .unwrap();
    let error = resolver.resolve_blocking().unwrap_err();
    assert_eq!(error.to_string(), "first: the door is shut");
    assert_eq!(error.hint(), Some("knock"));
    assert_eq!(error.exit_code(), 4);
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the next provider was asked all the same");
}

/// A clock whose every wait is over at once, so that deadlines pass without anybody waiting.
struct Hurried(Instant);

impl Clock for Hurried {
    fn now(&self) -> Instant {
        self.0
    }

    fn sleep_until(&self, _: Instant) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

#[test]
fn a_provider_that_does_not_answer_fails_at_its_deadline() {
    let world = World::with_config(FILE);
    let hurried = host(&world, &[]).with_clock(Arc::new(Hurried(Instant::now())));
    let resolver =
        Resolver::builder().host(hurried).provider(Scripted::new("slow", Act::Hang)).build().unwrap();
    let Err(Error::Provider(error)) = resolver.resolve_blocking() else { panic!("it answered") };
    assert_eq!(error.failure.kind, FailureKind::Unavailable);
    assert_eq!(error.to_string(), "slow: no answer within 5 s");
}

#[test]
fn the_whole_has_a_deadline_too_whatever_a_provider_is_allowed() {
    let world = World::new();
    let resolver = Resolver::builder()
        .host(host(&world, &[]))
        .timeout(Duration::from_millis(30))
        .provider(Scripted::new("slow", Act::Hang))
        .build()
        .unwrap();
    let start = Instant::now();
    assert_eq!(resolver.resolve_blocking().unwrap_err().to_string(), "slow: no answer within 30 ms");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn the_longest_timeout_that_there_is_works() {
    let resolver = Resolver::builder()
        .host(Host::with_vars([("HOME", "/nonexistent")]))
        .timeout(Duration::MAX)
        .provider(Scripted::new("p", Act::Found("ak-p")))
        .build()
        .unwrap();
    assert!(resolver.resolve_blocking().is_ok());
}

#[test]
fn a_managers_pair_that_hides_another_in_the_environment_is_said() {
    let vars = [("HOME", "/nonexistent"), ("MODAL_TOKEN_ID", "ak-env"), ("MODAL_TOKEN_SECRET", "as-env")];
    let warnings = |id| {
        let builder =
            Resolver::builder().host(Host::with_vars(vars)).provider(Scripted::new("p", Act::Found(id)));
        builder.build().unwrap().resolve_blocking().unwrap().warnings().to_vec()
    };
    assert_eq!(warnings("ak-other"), ["p wins over the token in MODAL_TOKEN_ID and MODAL_TOKEN_SECRET"]);
    assert!(warnings("ak-env").is_empty());
}

#[test]
fn what_the_program_passes_in_is_checked_when_the_resolver_is_built() {
    let swapped = Resolver::builder().token_id("as-1").token_secret("ak-2".into()).build();
    assert!(matches!(swapped, Err(Error::Configuration(_))), "{swapped:?}");
    let config = Config::load(Host::with_vars([("HOME", "/nonexistent")]), Selectors::default()).unwrap();
    let both = Resolver::builder().config(config).profile("p").build();
    assert!(matches!(both, Err(Error::Configuration(_))), "{both:?}");
}

#[test]
fn a_provider_that_panics_is_an_error_without_its_words() {
    let world = World::new();
    let resolver = Resolver::builder()
        .host(host(&world, &[]))
        .provider(Scripted::new("wild", Act::Panic))
        .build()
        .unwrap();
    let error = resolver.resolve_blocking().unwrap_err();
    assert!(error.to_string().contains("panicked"), "{error}");
    leak::assert_none(
        &["as-panicX1c3V5b7N9".to_owned()],
        "the error",
        format!("{error} {error:?}").as_bytes(),
    );
}

#[test]
fn one_half_from_the_program_is_never_mixed_with_a_managers_pair() {
    let builder =
        Resolver::builder().host(Host::with_vars([("HOME", "/nonexistent")])).token_id("ak-program");
    let error = builder.provider(Scripted::new("manager", Act::Found("ak-other"))).build().unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error}");
}

#[test]
fn names_of_providers_are_their_own() {
    for taken in ["vault", "file", "twice"] {
        let builder = Resolver::builder()
            .host(Host::with_vars([("HOME", "/nonexistent")]))
            .provider(Scripted::new("twice", Act::Absent))
            .provider(Scripted::new(taken, Act::Absent));
        assert!(builder.build().unwrap_err().to_string().contains("is taken"), "{taken}");
    }
}

#[test]
fn waiting_works_inside_a_runtime_and_asking_without_one_says_so() {
    let world = World::with_config(FILE);
    let resolver = Resolver::builder()
        .host(host(&world, &[]))
        .provider(Scripted::new("p", Act::Found("ak-p")))
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (asked, waited) = runtime.block_on(async { (resolver.resolve().await, resolver.resolve_blocking()) });
    assert_eq!(asked.unwrap().credentials().token_id(), "ak-p");
    assert_eq!(waited.unwrap().credentials().token_id(), "ak-p");
    let mut outside = Box::pin(resolver.resolve());
    let poll = outside.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    assert!(matches!(poll, std::task::Poll::Ready(Err(Error::NoRuntime))));
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_provider_to_wait_for_no_thread_is_started() {
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let world = World::with_config(FILE);
    let resolver = Resolver::builder().host(host(&world, &[])).build().unwrap();
    // Other tests start threads too; in at least one of many tries nothing else happens in between.
    let quiet = (0..1000).any(|_| {
        let before = threads();
        resolver.resolve_blocking().unwrap();
        threads() == before
    });
    assert!(quiet);
}

#[test]
fn an_override_counts_as_a_variable_and_changes_nothing_else() {
    let world = World::with_config("[default]\nlogs_timeout = 3\n");
    let mut config = Config::load(host(&world, &[]), Selectors::default()).unwrap();
    assert_eq!(config.get_number("logs_timeout").unwrap(), Some(3.0));
    config.override_locally("logs_timeout", "7");
    assert_eq!(config.get_number("logs_timeout").unwrap(), Some(7.0));
    assert_eq!(
        config.get("logs_timeout", None, false).map(|v| format!("{v:?}")).unwrap(),
        "Some(Float(3.0))"
    );
    config.override_locally("token_id", "ak-override");
    config.override_locally("token_secret", "as-override");
    let resolver = Resolver::builder().config(config).build().unwrap();
    assert_eq!(resolver.resolve_blocking().unwrap().credentials().token_id(), "ak-override");
    assert!(std::env::var_os("MODAL_LOGS_TIMEOUT").is_none());
}

#[test]
fn profiles_are_listed_and_switched_in_the_file() {
    let world = World::with_config("[a]\nactive = true\n\n[b] # work\nenvironment = 'x'\n");
    let mut config = Config::load(host(&world, &[]), Selectors::default()).unwrap();
    assert_eq!(config.profiles().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(config.profile(), "a");
    config.set_active_profile("b").unwrap();
    assert_eq!(config.profile(), "b");
    assert_eq!(config.get_text("environment").unwrap().as_deref(), Some("x"));
    let text = std::fs::read_to_string(world.path(".modal.toml")).unwrap();
    assert_eq!(text, "[a]\n\n[b] # work\nenvironment = 'x'\nactive = true\n");
    assert!(config.set_active_profile("c").unwrap_err().to_string().starts_with("there is no profile c in "));
}

#[test]
fn nothing_that_can_be_printed_holds_a_secret() {
    let world = World::with_config(FILE);
    let config =
        Config::load(host(&world, &[("MODAL_TOKEN_SECRET", "as-envU7y5Tr3Ew1")]), Selectors::default())
            .unwrap();
    let resolver = Resolver::builder().config(config.clone()).build().unwrap();
    let resolved = resolver.resolve_blocking().unwrap();
    let explanation = resolver.explain_blocking().unwrap();
    let printed = format!(
        "{config:?} {resolver:?} {resolved:?} {explanation:?} {:?} {:?} {}",
        config.to_dict(true),
        config.host(),
        serde_json::to_string(&explanation).unwrap(),
    );
    let secrets = ["as-envU7y5Tr3Ew1".to_owned(), "as-fileB4n6Mq8Wz2".to_owned()];
    leak::assert_none(&secrets, "what can be printed", printed.as_bytes());
}

#[test]
fn a_secret_in_the_wrong_place_is_not_printed_either() {
    let text = "[default]\nactive = true\ntoken_id = 'as-swappedJ2k4L6p8'\ntoken_secret = 'ak-1'\n[other]\nenvironment = 'as-wrongT5y7U9i1'\n";
    let world = World::with_config(text);
    let config = Config::load(host(&world, &[("MODAL_PROFILE", "default")]), Selectors::default()).unwrap();
    let resolver = Resolver::builder().config(config.clone()).build().unwrap();
    let printed = format!("{config:?} {:?} {:?}", resolver.resolve_blocking(), resolver.explain_blocking());
    leak::assert_none(world.secrets(), "what can be printed", printed.as_bytes());
}

#[test]
fn the_example_of_a_provider_runs_as_its_documentation_says() {
    let world = World::new().file("pair.json", r#"{"id": "ak-1", "secret": "as-exampleD6f8Gh0J"}"#);
    let run = |file: Option<&str>| {
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "--quiet", "--locked", "--example", "custom_provider"]);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        // A Modal account of whoever runs the tests has no part in this, nor has the suite's own configuration.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MODAL_"))
        {
            command.env_remove(name);
        }
        command.env("MODAL_CONFIG_PATH", world.path("none"));
        let path = file.map(|file| world.path(file));
        command.envs(path.iter().map(|path| ("BROKER_FILE", path)));
        let output = command.output().expect("to run cargo");
        world.check(&output);
        (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let path = world.path("pair.json");
    assert_eq!(run(Some("pair.json")).0, format!("using ak-1 from broker: {}\n", path.display()));
    assert!(run(None).1.contains("NotFound"), "{}", run(None).1);
    assert!(run(Some("missing.json")).1.contains("Unavailable"), "{}", run(Some("missing.json")).1);
}
