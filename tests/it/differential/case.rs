//! A case: an environment and files, and the world that they make.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;

use serde_json::{Value as Json, json};

use crate::support::{World, leak, oracle};

/// An environment and files. Where a byte is to be no UTF-8, [`oracle::bytes`] says how it is written.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What the case is about.
    pub(crate) name: String,
    /// The variables. `{home}` stands for the home folder; `HOME` is set to it unless it is among them.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// `.modal.toml` in the home folder.
    pub(crate) file: Option<String>,
    /// `other.toml` in the home folder, for `MODAL_CONFIG_PATH` to name.
    pub(crate) other: Option<String>,
    /// The accepted differences that the case shows, by their ids.
    #[serde(default)]
    pub(crate) differs: Vec<String>,
}

impl Case {
    pub(crate) fn of_file(name: &str, file: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            env: BTreeMap::new(),
            file: Some(file.into()),
            other: None,
            differs: Vec::new(),
        }
    }

    /// A variable, if it is set to something.
    pub(crate) fn set_to(&self, variable: &str) -> Option<&str> {
        self.env.get(variable).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn is_remote(&self) -> bool {
        self.set_to("MODAL_IS_REMOTE") == Some("1")
    }

    /// The bytes of the file that is in use, if there is one.
    pub(crate) fn file_in_use(&self) -> Option<Vec<u8>> {
        let file = match self.set_to("MODAL_CONFIG_PATH") {
            _ if self.is_remote() => None,
            Some("{home}/other.toml") => self.other.as_ref(),
            Some("{home}/.modal.toml") => self.file.as_ref(),
            Some(_) => None,
            None if self.env.contains_key("HOME") => None,
            None => self.file.as_ref(),
        };
        file.map(|text| oracle::bytes(text))
    }

    /// Whether the file that is in use has line ends of two characters.
    pub(crate) fn has_carriage_returns(&self) -> bool {
        self.file_in_use().is_some_and(|file| file.windows(2).any(|two| two == *b"\r\n"))
    }

    /// The same case with another environment.
    pub(crate) fn with_env(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Self {
        let mut case = self.clone();
        change(&mut case.env);
        case
    }

    /// The case in which no file is found.
    pub(crate) fn without_file(&self) -> Self {
        self.with_env(|env| {
            env.insert("MODAL_CONFIG_PATH".to_owned(), "{home}/there/is/none".to_owned());
        })
    }

    /// The case on the disk.
    pub(crate) fn world(&self) -> World {
        let mut world = World::new();
        for (name, text) in [(".modal.toml", &self.file), ("other.toml", &self.other)] {
            let Some(text) = text else { continue };
            world = world.file(name, "");
            fs::write(world.path(name), oracle::bytes(text)).expect("to write the file");
            world = leak::secrets_in(text).iter().fold(world, |world, secret| world.secret(secret));
        }
        for (name, value) in self.variables(&world) {
            world = world.env(&name, value);
        }
        world
    }

    /// The environment of the case in its world.
    pub(crate) fn variables(&self, world: &World) -> Vec<(String, OsString)> {
        let home = world.home().to_str().expect("a path that is text");
        let set = self.env.iter().map(|(name, value)| {
            (name.clone(), OsString::from_vec(oracle::bytes(&value.replace("{home}", home))))
        });
        let default = (!self.env.contains_key("HOME")).then(|| ("HOME".to_owned(), home.into()));
        set.chain(default).collect()
    }

    /// The question about the case for an oracle.
    pub(crate) fn question(&self, world: &World) -> Json {
        let home = world.home().to_str().expect("a path that is text");
        let mut env: BTreeMap<&str, String> =
            self.env.iter().map(|(name, value)| (name.as_str(), value.replace("{home}", home))).collect();
        env.entry("HOME").or_insert_with(|| home.to_owned());
        json!({"env": env})
    }
}

/// The case as one of the files of `tests/cases/differential` would hold it.
impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
        writeln!(f, "[[case]]\nname = {}", text(&self.name))?;
        if !self.env.is_empty() {
            let env: Vec<String> =
                self.env.iter().map(|(name, value)| format!("{name} = {}", one_line(value))).collect();
            writeln!(f, "env = {{ {} }}", env.join(", "))?;
        }
        for (name, file) in [("file", &self.file), ("other", &self.other)] {
            if let Some(file) = file {
                writeln!(f, "{name} = {}", one_line(file))?;
            }
        }
        Ok(())
    }
}

/// A basic TOML string on one line.
fn one_line(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            '\n' => "\\n".to_owned(),
            c if c.is_control() || raw_or_odd(c) => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

fn raw_or_odd(c: char) -> bool {
    oracle::raw(c).is_some() || c == '\u{feff}' || (c.is_whitespace() && c != ' ')
}
