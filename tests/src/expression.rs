//! The expressions of DynamoDB that the store writes, read and carried out over one item in memory. What is not written
//! by the store is not understood and panics.

use serde_json::{Map, Value, json};
use std::cmp::Ordering;

pub(crate) type Item = Map<String, Value>;

/// An expression with its placeholders, over an item as it is.
pub(crate) struct Expression<'a> {
    tokens: Vec<&'a str>,
    next: usize,
    names: &'a Value,
    values: &'a Value,
    item: Option<&'a Item>,
}

impl<'a> Expression<'a> {
    /// `request` is what holds the placeholders.
    pub(crate) fn new(text: &'a str, request: &'a Value, item: Option<&'a Item>) -> Self {
        let (names, values) = (&request["ExpressionAttributeNames"], &request["ExpressionAttributeValues"]);
        Self { tokens: tokens(text), next: 0, names, values, item }
    }

    /// Whether the condition holds.
    pub(crate) fn holds(mut self) -> bool {
        let holds = self.any();
        assert!(self.is_over(), "not understood: {:?}", self.tokens);
        holds
    }

    fn any(&mut self) -> bool {
        let mut holds = self.all();
        while self.take("OR") {
            holds |= self.all();
        }
        holds
    }

    fn all(&mut self) -> bool {
        let mut holds = self.one();
        while self.take("AND") {
            holds &= self.one();
        }
        holds
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let holds = self.any();
            self.expect(")");
            return holds;
        }
        match self.peek() {
            Some(function @ ("attribute_exists" | "attribute_not_exists" | "contains" | "begins_with")) => {
                self.next += 1;
                self.expect("(");
                let first = self.operand();
                let holds = match function {
                    "attribute_exists" => first.is_some(),
                    "attribute_not_exists" => first.is_none(),
                    _ => {
                        self.expect(",");
                        let second = self.operand();
                        first.zip(second).is_some_and(|(whole, part)| {
                            if function == "contains" { contains(&whole, &part) } else { begins_with(&whole, &part) }
                        })
                    }
                };
                self.expect(")");
                holds
            }
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> bool {
        let left = self.operand();
        let sign = self.word();
        let right = self.operand();
        if sign == "BETWEEN" {
            self.expect("AND");
            let most = self.operand();
            let within = |at: &Value, least: &Value| order(at, least).is_some_and(Ordering::is_ge);
            return matches!((&left, &right, &most), (Some(at), Some(least), Some(most))
                if within(at, least) && within(most, at));
        }
        let ordered = left.as_ref().zip(right.as_ref()).and_then(|(left, right)| order(left, right));
        match sign {
            "=" => left.is_some() && left == right,
            "<>" => left != right,
            "<" => ordered.is_some_and(Ordering::is_lt),
            "<=" => ordered.is_some_and(Ordering::is_le),
            ">" => ordered.is_some_and(Ordering::is_gt),
            ">=" => ordered.is_some_and(Ordering::is_ge),
            sign => panic!("{sign} is not understood in {:?}", self.tokens),
        }
    }

    /// The item after the update. All of it is read from the item before.
    pub(crate) fn updated(mut self, key: &Value) -> Item {
        let mut after = self.item.cloned().unwrap_or_else(|| key.as_object().unwrap().clone());
        while !self.is_over() {
            let verb = self.word();
            loop {
                let path = self.path();
                match verb {
                    "SET" => {
                        self.expect("=");
                        let value = self.sum().unwrap_or_else(|| panic!("{path:?} is set to what is not there"));
                        *place(&mut after, &path) = value;
                    }
                    "REMOVE" => remove(&mut after, &path),
                    "ADD" => {
                        let before =
                            self.item.and_then(|item| look_up(item, &path)).unwrap_or_else(|| json!({"N": "0"}));
                        let by = self.operand().unwrap();
                        *place(&mut after, &path) =
                            json!({"N": (number(&before).unwrap() + number(&by).unwrap()).to_string()});
                    }
                    verb => panic!("{verb} is not understood in {:?}", self.tokens),
                }
                if !self.take(",") {
                    break;
                }
            }
        }
        after
    }

    fn sum(&mut self) -> Option<Value> {
        let first = self.operand()?;
        let sign = if self.take("+") {
            1
        } else if self.take("-") {
            -1
        } else {
            return Some(first);
        };
        let second = self.operand()?;
        Some(json!({"N": (number(&first)? + sign * number(&second)?).to_string()}))
    }

    fn operand(&mut self) -> Option<Value> {
        if self.take("if_not_exists") {
            self.expect("(");
            let first = self.operand();
            self.expect(",");
            let other = self.operand();
            self.expect(")");
            return first.or(other);
        }
        if self.peek().is_some_and(|token| token.starts_with(':')) {
            let name = self.word();
            return Some(self.values[name].clone());
        }
        let path = self.path();
        self.item.and_then(|item| look_up(item, &path))
    }

    fn path(&mut self) -> Vec<&'a str> {
        let mut path = Vec::new();
        loop {
            let word = self.word();
            path.push(if word.starts_with('#') { self.names[word].as_str().unwrap() } else { word });
            if !self.take(".") {
                return path;
            }
        }
    }

    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.next).copied()
    }

    fn is_over(&self) -> bool {
        self.next == self.tokens.len()
    }

    fn word(&mut self) -> &'a str {
        self.next += 1;
        self.tokens[self.next - 1]
    }

    fn take(&mut self, token: &str) -> bool {
        let here = self.peek() == Some(token);
        self.next += usize::from(here);
        here
    }

    fn expect(&mut self, token: &str) {
        assert!(self.take(token), "{token} is missing in {:?}", self.tokens);
    }
}

fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = if is_word(first) || first == '#' || first == ':' {
            rest[1..].find(|c| !is_word(c)).map_or(rest.len(), |end| end + 1)
        } else if ["<=", ">=", "<>"].iter().any(|sign| rest.starts_with(sign)) {
            2
        } else {
            1
        };
        let (token, behind) = rest.split_at(length);
        tokens.push(token);
        rest = behind.trim_start();
    }
    tokens
}

fn look_up(item: &Item, path: &[&str]) -> Option<Value> {
    let (first, inner) = path.split_first()?;
    let mut value = item.get(*first)?;
    for name in inner {
        value = value.get("M")?.get(name)?;
    }
    Some(value.clone())
}

fn place<'i>(item: &'i mut Item, path: &[&str]) -> &'i mut Value {
    let (first, inner) = path.split_first().unwrap();
    let mut value = item.entry(*first).or_insert(Value::Null);
    for name in inner {
        // DynamoDB makes no map on the way.
        value = value.get_mut("M").unwrap().as_object_mut().unwrap().entry(*name).or_insert(Value::Null);
    }
    value
}

fn remove(item: &mut Item, path: &[&str]) {
    let (last, outer) = path.split_last().unwrap();
    let map = if outer.is_empty() {
        Some(item)
    } else {
        Some(place(item, outer)).and_then(|value| value.get_mut("M")?.as_object_mut())
    };
    map.and_then(|map| map.remove(*last));
}

fn number(value: &Value) -> Option<i128> {
    value["N"].as_str()?.parse().ok()
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => Some(left["S"].as_str()?.cmp(right["S"].as_str()?)),
    }
}

fn contains(whole: &Value, part: &Value) -> bool {
    let texts = whole["SS"].as_array().is_some_and(|texts| texts.contains(&part["S"]));
    texts || whole["L"].as_array().is_some_and(|list| list.contains(part))
}

fn begins_with(whole: &Value, part: &Value) -> bool {
    whole["S"].as_str().zip(part["S"].as_str()).is_some_and(|(whole, part)| whole.starts_with(part))
}
