//! Completions complete: a script that loads and offers nothing looks just like one that works.
#![cfg(unix)]

use crate::support::{PROGRAM, World};

/// What bash offers for the last of these words.
fn offered(words: &[&str]) -> Vec<String> {
    let world = World::new();
    let quoted = format!("'{}'", words.join("' '"));
    let (last, before) = (words.len() - 1, words.len().saturating_sub(2));
    let script = format!(
        "source <({PROGRAM} completions bash); COMP_WORDS=({quoted}); COMP_CWORD={last}
         _modal__credentials modal-credentials \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{before}]}}\"
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let output = world.output(world.command_of("bash", ["-c", &script]), b"");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_below_commands_and_values_of_flags() {
    assert!(offered(&["modal-credentials", "ex"]).contains(&"exec".to_owned()));
    assert_eq!(offered(&["modal-credentials", "profile", "act"]), ["activate"]);
    assert_eq!(offered(&["modal-credentials", "config", "set-"]), ["set-environment"]);
    assert_eq!(offered(&["modal-credentials", "env", "--format", "fi"]), ["fish"]);
}
