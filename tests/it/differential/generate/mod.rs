//! Cases at random: files out of a grammar of what people and editors write, and now and then break, and environments.

mod environment;
mod file;
pub(crate) mod random;
mod values;

use self::random::Random;
use super::case::Case;

/// The settings, with values that most of them take and some do not.
pub(crate) const SETTINGS: &[&str] = &[
    "server_url",
    "oauth_refresh_token",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_jwt_key",
    "loglevel",
    "log_format",
    "log_pattern",
    "automount",
    "sandbox_v2",
    "payload_format",
    "async_warnings",
    "environment",
    "dev_suffix",
    "traceback",
    "build_validation",
    "image_builder_version",
    "force_build",
    "ignore_cache",
    "disable_api_proxy",
    "default_cloud",
    "max_throttle_wait",
    "logs_timeout",
    "serve_timeout",
    "sandbox_channel_idle_timeout",
    "volume_block_read_timeout",
    "streams_url",
    "sync_entrypoint",
    "heartbeat_interval",
    "function_runtime",
    "function_runtime_debug",
    "runtime_perf_record",
    "use_control_plane_sidecar_create",
    "worker_id",
    "task_id",
    "image_id",
    "cuda_checkpoint_path",
    "restore_state_path",
    "snapshot_debug",
    "override_headers",
];

/// The case of that seed.
pub(crate) fn case(seed: u64) -> Case {
    let random = &mut Random::new(seed);
    let profiles = file::profiles(random);
    let text = file::text(random, &profiles);
    let env = environment::variables(random, &profiles);
    let (file, other) = if env.get("MODAL_CONFIG_PATH").is_some_and(|path| path.ends_with("other.toml")) {
        (random.percent(20).then(|| text.clone()), Some(text))
    } else {
        ((!random.percent(3)).then_some(text), None)
    };
    Case { name: format!("seed {seed}"), env, file, other, differs: Vec::new() }
}

/// A file, and the names of its profiles.
pub(crate) fn file(random: &mut Random) -> (String, Vec<String>) {
    let profiles = file::profiles(random);
    (file::text(random, &profiles), profiles)
}

/// The text of a variable, or of an argument.
pub(crate) fn text(random: &mut Random) -> String {
    environment::text(random)
}
