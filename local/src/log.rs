//! Follows the functions' log, for functions that end at their start and for messages of the compiler.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

pub struct Log {
    lines: Option<BufReader<File>>,
    unfinished: String,
    /// The last line of a program that ended.
    last_error: String,
    in_diagnostic: bool,
}

/// What a line means for the waiting developer.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A function ended by itself, for this reason.
    Ended(String),
    /// A line of the compiler.
    Compiler(String),
}

impl Log {
    pub fn open(path: &Path) -> Self {
        let lines = File::open(path).ok().map(BufReader::new);
        Self { lines, unfinished: String::new(), last_error: String::new(), in_diagnostic: false }
    }

    /// The lines since the last call.
    pub fn news(&mut self) -> Vec<Event> {
        let mut news = Vec::new();
        while let Some(line) = self.next_line() {
            news.extend(self.understand(&line));
        }
        news
    }

    fn next_line(&mut self) -> Option<String> {
        self.lines.as_mut()?.read_line(&mut self.unfinished).ok()?;
        self.unfinished.ends_with('\n').then(|| std::mem::take(&mut self.unfinished).trim_end().to_owned())
    }

    fn understand(&mut self, line: &str) -> Option<Event> {
        if line.contains("ERROR command exited") {
            return Some(Event::Ended(std::mem::take(&mut self.last_error)));
        }
        if let Some(error) = line.strip_prefix("Error: ") {
            error.clone_into(&mut self.last_error);
            return None;
        }
        let bare = without_colour(line);
        self.in_diagnostic |= bare.starts_with("error");
        // A diagnostic ends with an empty line, and the last one with cargo's own summary.
        let shown = self.in_diagnostic.then(|| Event::Compiler(line.to_owned()));
        self.in_diagnostic &= !bare.is_empty() && !bare.starts_with("error: could not compile");
        shown
    }
}

fn without_colour(line: &str) -> String {
    let mut bare = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            rest.by_ref().find(|c| *c == 'm');
        } else {
            bare.push(c);
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(lines: &str) -> Vec<Event> {
        let mut log = Log::open(Path::new("there is no such file"));
        lines.lines().filter_map(|line| log.understand(line)).collect()
    }

    #[test]
    fn a_function_that_ends_says_why() {
        let lines = "   Running `x`\nError: Missing([\"TABLE_NAME\"])\nERROR command exited code=1\n";
        assert_eq!(events(lines), [Event::Ended("Missing([\"TABLE_NAME\"])".to_owned())]);
    }

    #[test]
    fn what_the_compiler_says_is_shown_and_nothing_else() {
        let lines = "{\"json\":1}\n\u{1b}[1merror[E0308]\u{1b}[0m: mismatched\n --> a.rs\n\n{\"json\":2}\nerror: could not compile `a`\nx";
        let shown = events(lines);
        assert_eq!(shown.len(), 4, "{shown:?}");
        assert_eq!(shown.last(), Some(&Event::Compiler("error: could not compile `a`".to_owned())));
    }
}
