//! Makes a failing case smaller, as long as it fails in the same way.

use super::case::Case;

/// The smallest case found that `fails` like the given one.
pub(crate) fn shrink(case: &Case, mut fails: impl FnMut(&Case) -> bool) -> Case {
    let mut smallest = case.clone();
    while let Some(smaller) = candidates(&smallest).into_iter().find(|candidate| fails(candidate)) {
        smallest = smaller;
    }
    smallest
}

/// Cases with something less.
fn candidates(case: &Case) -> Vec<Case> {
    let mut smaller: Vec<Case> =
        case.env.keys().map(|name| case.with_env(|env| drop(env.remove(name)))).collect();
    if let Some(file) = &case.file {
        smaller.push(Case { file: None, ..case.clone() });
        smaller.extend(shorter(file).map(|file| Case { file: Some(file), ..case.clone() }));
    }
    if let Some(other) = &case.other {
        smaller.extend(shorter(other).map(|other| Case { other: Some(other), ..case.clone() }));
    }
    smaller
}

/// The text without some of its lines, and the longest pieces first; then without a character.
fn shorter(text: &str) -> impl Iterator<Item = String> {
    let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let count = lines.len();
    let sizes = std::iter::successors(Some(count.div_ceil(2)), |size| (*size > 1).then(|| size / 2));
    let ranges: Vec<(usize, usize)> = sizes
        .flat_map(|size| (0..count).step_by(size.max(1)).map(move |start| (start, (start + size).min(count))))
        .collect();
    let without_lines = ranges.into_iter().map(move |(start, end)| {
        lines
            .iter()
            .enumerate()
            .filter(|(index, _)| !(start..end).contains(index))
            .map(|(_, line)| line.as_str())
            .collect()
    });
    let text = text.to_owned();
    let characters: Vec<(usize, char)> = text.char_indices().filter(|_| text.len() < 400).collect();
    let without_character =
        characters.into_iter().map(move |(at, c)| [&text[..at], &text[at + c.len_utf8()..]].concat());
    without_lines.chain(without_character)
}
