//! The command line of `cargo local`.

use crate::{Problem, Result, clock, command::pile::PileHabits, paths};
use jiff::Timestamp;
use shared::domain::energy::Power;
use std::path::PathBuf;

pub const HELP: &str = "\
cargo local                       start everything, serve until Ctrl-C
  --port 9000                     where the API listens on 127.0.0.1 (0 takes any free port)
  --dir DIR                       where this stack keeps its data, clock and files (default .local)
  --fresh                         forget earlier data first
  --light                         all functions in one process over an embedded database: no Python, ready in a moment
  --speed 60                      station time runs 60 times as fast as real time
  --clock 2026-06-01T06:00        station time stands still at this local time (with --speed it runs from there)
  --metered                       with --fresh: the first station is metered
  --no-reload                     leave running functions alone when the code changes
  --attached                      stop when standard input ends, as it does when the caller dies
cargo local clock TIME            move the standing clock of the running stack forward
cargo local token ROLE            a bearer token for admin, auditor, shop-manager --shop ID, shop-staff --shop ID
cargo local replay FILE|-         run a scenario through the charging rules alone (--table for people)
  --over-http                     the same against the running stack, whose clock must stand still
  --metered                       the same with metered, ideal piles: the same answer
cargo local pile S1 F1            a simulated pile of a metered station of the running stack
  --power 30 --late 5m --taper    in kW; how late the car comes; slower towards the end
  --drop-every 7 --replay         loses every seventh reading, and sends them in the end
cargo local plan FILE|-           the placing of cars that costs the least time
cargo local keys                  new keys and secrets, as operations.md wants them (--public-half: of the key on standard input)
cargo local bootstrap STACK       keys, secrets and the first administrator of a deployed stack; what is there stays (--region)
cargo local audit verify [STACK]  compare the audit trail with its hash chain, of the local stack or a deployed one (--region)
cargo local demo                  four stations at work, with a week behind them, for a look at the operator console (--port)
cargo local stop                  stop a stack started elsewhere
(clock, token, pile, replay --over-http, audit and stop take --dir too)";

const ROLES: [&str; 4] = ["admin", "auditor", "shop-manager", "shop-staff"];
const DEFAULT_PORT: u16 = 9000;

/// The options of a start.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeOptions {
    pub port: u16,
    pub dir: PathBuf,
    pub fresh: bool,
    pub speed: Option<i32>,
    pub clock: Option<Timestamp>,
    pub reload: bool,
    pub attached: bool,
    pub light: bool,
    pub metered: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    Help,
    Serve(ServeOptions),
    Clock {
        dir: PathBuf,
        at: Timestamp,
    },
    Token {
        dir: PathBuf,
        role: String,
        shops: Vec<String>,
    },
    Pile {
        dir: PathBuf,
        station: String,
        pile: String,
        habits: PileHabits,
    },
    Demo {
        dir: PathBuf,
        port: u16,
    },
    Stop {
        dir: PathBuf,
    },
    Keys {
        public_half: bool,
    },
    VerifyAudit {
        dir: PathBuf,
        /// None for the local stack.
        stack: Option<String>,
        options: Vec<String>,
    },
    Bootstrap {
        stack: String,
        /// Passed to the Python program.
        options: Vec<String>,
    },
    /// Internal: the process that ends a stack whose `cargo local` died.
    Keeper {
        dir: PathBuf,
        owner: u32,
    },
}

pub fn parse(arguments: Vec<String>) -> Result<Command> {
    let mut words = Arguments(arguments.into());
    if words.flag("--help") || words.flag("-h") || words.flag("help") {
        return Ok(Command::Help);
    }
    let dir = words.value("--dir")?.map_or_else(paths::default_stack, |dir| Ok(dir.into()))?;
    let command = match words.subcommand().as_deref() {
        None => Command::Serve(ServeOptions {
            port: words.number("--port")?.unwrap_or(DEFAULT_PORT),
            fresh: words.flag("--fresh"),
            speed: words.number("--speed")?,
            clock: words.value("--clock")?.as_deref().map(clock::parse).transpose()?,
            reload: !words.flag("--no-reload"),
            attached: words.flag("--attached"),
            light: words.flag("--light"),
            metered: words.flag("--metered"),
            dir,
        }),
        Some("clock") => Command::Clock { at: clock::parse(&words.positional("a time, as 2026-06-01T08:25")?)?, dir },
        Some("token") => token(&mut words, dir)?,
        Some("pile") => pile(&mut words, dir)?,
        Some("demo") => {
            // A demonstration begins anew each time, so it must not take the data of the stack that is used otherwise.
            let dir = if dir == paths::default_stack()? { dir.join("demo") } else { dir };
            Command::Demo { dir, port: words.number("--port")?.unwrap_or(DEFAULT_PORT) }
        }
        Some("stop") => Command::Stop { dir },
        Some("keys") => Command::Keys { public_half: words.flag("--public-half") },
        Some("bootstrap") => {
            let options = words.place()?;
            Command::Bootstrap { stack: words.positional("the name of a stack")?, options }
        }
        Some("audit") => {
            let options = words.place()?;
            match words.positional("what to do: verify")?.as_str() {
                "verify" => Command::VerifyAudit { dir, stack: words.subcommand(), options },
                other => return Err(Problem(format!("audit cannot {other}; it can verify"))),
            }
        }
        Some("keeper") => {
            let owner = words.number("--owner")?.ok_or_else(|| Problem("keeper needs --owner".into()))?;
            Command::Keeper { dir, owner }
        }
        Some(other) => return Err(Problem(format!("unknown command {other}; cargo local --help lists the commands"))),
    };
    if let Command::Serve(ServeOptions { speed: Some(..=0), .. }) = command {
        return Err(Problem("--speed must be 1 or more; --clock makes station time stand still".into()));
    }
    words.nothing_left()?;
    Ok(command)
}

fn pile(words: &mut Arguments, dir: PathBuf) -> Result<Command> {
    let power = words.value("--power")?;
    let wrong = || Problem("--power takes kW above zero, at most 1000".into());
    let power = power.map(|power| Power::parse_kw(&power).ok_or_else(wrong)).transpose()?;
    let late = words.value("--late")?.map_or(Ok(0), |late| minutes(&late))?;
    let drop_every: Option<u64> = words.number("--drop-every")?;
    let (taper, replay) = (words.flag("--taper"), words.flag("--replay"));
    let habits = PileHabits {
        power,
        late,
        taper,
        drop_every: drop_every.filter(|every| *every > 0),
        replay,
        sessions: words.number("--sessions")?,
    };
    let station = words.positional("a station and a pile, as S1 F1")?;
    Ok(Command::Pile { dir, station, pile: words.positional("a pile, as F1")?, habits })
}

/// `5m` or `30s`, in milliseconds.
fn minutes(text: &str) -> Result<i64> {
    let wrong = || Problem(format!("--late takes a time such as 5m or 30s, not {text}"));
    let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let count: i64 = digits.parse().map_err(|_| wrong())?;
    match unit {
        "m" => Ok(count * 60_000),
        "s" => Ok(count * 1000),
        _ => Err(wrong()),
    }
}

fn token(words: &mut Arguments, dir: PathBuf) -> Result<Command> {
    let mut shops = Vec::new();
    while let Some(shop) = words.value("--shop")? {
        shops.push(shop);
    }
    let role = words.positional("a role")?;
    if !ROLES.contains(&role.as_str()) {
        return Err(Problem(format!("unknown role {role}; the roles are {}", ROLES.join(", "))));
    }
    if role.starts_with("shop-") == shops.is_empty() {
        let says = if shops.is_empty() { "needs --shop ID" } else { "has no --shop" };
        return Err(Problem(format!("the role {role} {says}")));
    }
    Ok(Command::Token { dir, role, shops })
}

/// The words that are not read yet.
struct Arguments(std::collections::VecDeque<String>);

impl Arguments {
    fn flag(&mut self, name: &str) -> bool {
        let found = self.0.iter().position(|word| word == name);
        found.and_then(|at| self.0.remove(at)).is_some()
    }

    /// `--name value` or `--name=value`.
    fn value(&mut self, name: &str) -> Result<Option<String>> {
        let joined =
            |word: &String| word.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
        let Some(at) = self.0.iter().position(joined) else { return Ok(None) };
        let word = self.0.remove(at).unwrap_or_default();
        let value = match word.split_once('=') {
            Some((_, value)) => Some(value.to_owned()),
            None => self.0.remove(at),
        };
        value.map(Some).ok_or_else(|| Problem(format!("{name} needs a value")))
    }

    /// Where a deployed stack is, for the program that asks it.
    fn place(&mut self) -> Result<Vec<String>> {
        let mut options = Vec::new();
        for option in ["--region", "--endpoint"] {
            options.extend(self.value(option)?.map(|value| [option.to_owned(), value]).into_iter().flatten());
        }
        Ok(options)
    }

    fn number<T: std::str::FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        value.parse().map(Some).map_err(|_| Problem(format!("{name} takes a whole number, not {value}")))
    }

    /// The command comes first, before any option.
    fn subcommand(&mut self) -> Option<String> {
        self.0.pop_front_if(|word| !word.starts_with('-'))
    }

    fn positional(&mut self, what: &str) -> Result<String> {
        self.0.pop_front().ok_or_else(|| Problem(format!("this command needs {what}")))
    }

    fn nothing_left(&self) -> Result<()> {
        match self.0.front() {
            None => Ok(()),
            Some(word) => Err(Problem(format!("unexpected argument {word}; cargo local --help lists the options"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(ToOwned::to_owned).collect())
    }

    #[test]
    fn without_a_command_it_serves_on_port_9000_in_the_repository() {
        let Ok(Command::Serve(options)) = typed("") else { panic!("it does not serve") };
        assert_eq!(
            (options.port, options.fresh, options.speed, options.clock, options.reload),
            (9000, false, None, None, true)
        );
        assert!(options.dir.ends_with(".local"));
    }

    #[test]
    fn options_may_stand_in_any_order_and_be_joined_with_an_equals_sign() {
        let Ok(Command::Serve(options)) = typed("--fresh --dir=x --clock 2026-06-01T06:00 --port 0") else { panic!() };
        assert_eq!((options.port, options.fresh, options.dir), (0, true, PathBuf::from("x")));
        assert_eq!(options.clock, "2026-05-31T22:00:00Z".parse().ok());
    }

    #[test]
    fn a_shop_role_needs_its_shops_and_others_have_none() {
        let shops = vec!["1".to_owned(), "2".to_owned()];
        let wanted = Command::Token { dir: "x".into(), role: "shop-staff".into(), shops };
        assert_eq!(typed("token shop-staff --shop 1 --shop 2 --dir x"), Ok(wanted));
        assert!(typed("token shop-manager").is_err());
        assert!(typed("token admin --shop 1").is_err());
        assert!(typed("token king").is_err());
    }

    #[test]
    fn a_deployed_stack_is_named_with_where_it_is() {
        let options = ["--region", "cn-northwest-1"].map(ToOwned::to_owned).to_vec();
        let wanted = Command::Bootstrap { stack: "ev-plaza-prod".to_owned(), options };
        assert_eq!(typed("bootstrap ev-plaza-prod --region cn-northwest-1"), Ok(wanted));
        assert!(typed("bootstrap").is_err() && typed("bootstrap a b").is_err());
        let verify = |stack: Option<&str>, options: &[&str]| Command::VerifyAudit {
            dir: "x".into(),
            stack: stack.map(ToOwned::to_owned),
            options: options.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(typed("audit verify --dir x"), Ok(verify(None, &[])));
        let elsewhere = typed("audit verify ev-plaza-prod --region cn-north-1 --dir x");
        assert_eq!(elsewhere, Ok(verify(Some("ev-plaza-prod"), &["--region", "cn-north-1"])));
        assert!(typed("audit").is_err() && typed("audit mend").is_err());
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for line in ["--prot 9", "dance", "clock", "clock yesterday", "--speed 0", "--speed fast", "--port", "stop now"]
        {
            assert!(typed(line).is_err(), "{line}");
        }
    }
}
