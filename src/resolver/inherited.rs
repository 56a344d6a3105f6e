//! What `exec` handed down to this process, and whether it counts here.

use crate::config::{
    Config, PROVIDERS_VARIABLE, RESOLVED_CONFIG_VARIABLE, RESOLVED_ID_VARIABLE, RESOLVED_VARIABLE, Source,
};
use crate::credentials::Key;
use crate::error::ConfigError;
use crate::provider::settings::Ask;

/// A pair in the environment that `exec` left there, with a marker that says whose it is.
pub(super) enum Inherited {
    /// There is none: no marker, or somebody has put another token in its place since.
    Nothing,
    /// For this very profile of this very file: it is taken, and no manager is asked again.
    Pair,
    /// For the named profile, which is another or of another file: the environment does not count.
    ForOther(String),
}

impl Inherited {
    pub(super) fn of(config: &Config, is_chosen: bool) -> Result<Self, ConfigError> {
        let host = config.host();
        let Some(profile) = host.var(RESOLVED_VARIABLE)? else { return Ok(Self::Nothing) };
        let [id, secret] = Key::BOTH.map(|key| host.var_os(key.variable()).filter(|value| !value.is_empty()));
        let is_handed_down =
            host.var_os(RESOLVED_ID_VARIABLE).is_none_or(|handed| id.as_ref() == Some(&handed));
        if !is_handed_down {
            return Ok(Self::Nothing);
        }
        // The file matters too: two files may each have a profile of that name.
        let is_same_file = match host.var_os(RESOLVED_CONFIG_VARIABLE) {
            Some(path) => config.absolute_path().is_some_and(|own| own == path),
            None => !config.is_file_named(),
        };
        if profile != config.profile() || !is_same_file {
            return Ok(Self::ForOther(profile));
        }
        // Sources that were chosen by hand are asked.
        let is_chosen = is_chosen || host.var_os(PROVIDERS_VARIABLE).is_some();
        Ok(if id.is_some() && secret.is_some() && !is_chosen { Self::Pair } else { Self::Nothing })
    }

    pub(super) fn ask_environment(&self, sources: &[Source]) -> Ask {
        match self {
            Self::Pair => Ask::Yes,
            _ if !sources.contains(&Source::Environment) => Ask::NotListed,
            Self::Nothing => Ask::Yes,
            Self::ForOther(profile) => {
                Ask::Ignored(format!("it holds the pair that exec handed down for profile {profile}"))
            }
        }
    }

    pub(super) fn ask_file(&self, sources: &[Source]) -> Ask {
        match self {
            Self::Pair => Ask::Ignored("exec handed down the pair for this profile".to_owned()),
            _ if !sources.contains(&Source::File) => Ask::NotListed,
            _ => Ask::Yes,
        }
    }
}
