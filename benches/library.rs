//! The library beside what it stands on: the same file parsed by the crate `toml`, the same variables read.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    missing_docs,
    reason = "a benchmark reads the real world, and a panic is how it fails"
)]

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use modal_credentials::config::Selectors;
use modal_credentials::host::Host;
use modal_credentials::{Config, Resolver};

const PROFILES: usize = 10;

fn config_text() -> String {
    let profile = "token_id = \"ak-bench\"\ntoken_secret = \"as-bench\"\nenvironment = \"main\"\n";
    let names = (1..PROFILES).map(|i| format!("\n[profile{i}]\n{profile}"));
    format!("[profile0]\n{profile}active = true\n") + &names.collect::<String>()
}

fn library(criterion: &mut Criterion) {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join(".modal.toml");
    fs::write(&path, config_text()).expect("to write the file");
    let folder = home.path().to_str().expect("a path that is UTF-8");

    let mut group = criterion.benchmark_group("read .modal.toml of ten profiles");
    group.bench_function("Config::load", |bencher| {
        let host = Host::with_vars([("HOME", folder)]);
        bencher
            .iter(|| Config::load(black_box(host.clone()), Selectors::default()).expect("a configuration"));
    });
    group.bench_function("baseline: read and toml::from_str", |bencher| {
        bencher.iter(|| {
            let text = fs::read_to_string(black_box(&path)).expect("to read the file");
            toml::from_str::<toml::Table>(&text).expect("valid TOML")
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("resolve");
    let pair = [("HOME", folder), ("MODAL_TOKEN_ID", "ak-bench"), ("MODAL_TOKEN_SECRET", "as-bench")];
    for (source, vars) in [("environment", &pair[..]), ("file", &pair[..1])] {
        let resolver =
            Resolver::builder().host(Host::with_vars(vars.iter().copied())).build().expect("a resolver");
        group.bench_function(source, |bencher| {
            bencher.iter(|| black_box(&resolver).resolve_blocking().expect("credentials"));
        });
    }
    group.bench_function("baseline: two variables read and copied", |bencher| {
        let host = Host::with_vars(pair);
        bencher.iter(|| (black_box(&host).var("MODAL_TOKEN_ID"), black_box(&host).var("MODAL_TOKEN_SECRET")));
    });
    group.finish();
}

criterion_group!(benches, library);
criterion_main!(benches);
