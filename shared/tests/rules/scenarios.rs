//! Scenario files: how they are read, refused and answered; those of docs/scenarios give the answers beside them.

use std::path::{Path, PathBuf};

use local::scenario::{Answer, Scenario};

fn scenario(parameters: &str, rows: &[(&str, &str)]) -> String {
    let row = |(time, event): &(&str, &str)| match *event {
        "" => format!(r#"{{"time":"{time}","event":null}}"#),
        event => format!(r#"{{"time":"{time}","event":"{event}"}}"#),
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!(r#"{{"parameters":{{{parameters}}},"rows":[{}]}}"#, rows.join(","))
}

fn play(text: &str) -> serde_json::Value {
    serde_json::from_str(&answer(text)).unwrap()
}

fn answer(text: &str) -> String {
    let scenario = Scenario::read(text).unwrap();
    Answer::of(&scenario, &scenario.play()).to_json().unwrap()
}

fn refusal(parameters: &str, rows: &[(&str, &str)]) -> String {
    Scenario::read(&scenario(parameters, rows)).unwrap_err().to_string()
}

/// The example of the rules, with the parts of it that are shown there.
const EXAMPLE: &str = r#""fast_piles": 2, "slow_piles": 3, "fast_power_kwh_per_h": 30, "slow_power_kwh_per_h": 10,
    "pile_queue_length_M": 3, "waiting_area_N": 10, "service_fee": "0.8",
    "tariff": [["00:00","07:00","0.4"],["07:00","10:00","0.7"],["10:00","15:00","1.0"],["15:00","18:00","0.7"],
               ["18:00","21:00","1.0"],["21:00","23:00","0.7"],["23:00","24:00","0.4"]],
    "fault_strategy": "priority", "B_value": "0=fault,1=recover", "start": "06:00",
    "dispatch_target": "vacant", "modify_in_pile": "reject", "dispatch_mode": "earliest_finish""#;

#[test]
fn the_answer_has_the_form_of_the_rules() {
    let rows = [("06:00", "(A,V1,T,40)"), ("06:10", "(A,V3,F,100)"), ("06:30", "")];
    let answer = answer(&scenario(EXAMPLE, &rows));
    let row = concat!(
        r#"{"time":"06:10","event":"(A,V3,F,100)","outcome":"ok","state":{"piles":{"#,
        r#""F1":{"state":"OK","cars":[{"car":"V3","kwh":"0.00","fee":"0.00"}]},"F2":{"state":"OK","cars":[]},"#,
        r#""T1":{"state":"OK","cars":[{"car":"V1","kwh":"1.67","fee":"2.00"}]},"T2":{"state":"OK","cars":[]},"#,
        r#""T3":{"state":"OK","cars":[]}},"waiting":[],"fault_queue":{"F":[],"T":[]}}}"#
    );
    assert!(answer.contains(row), "{answer}");
    assert!(answer.contains(EXAMPLE), "the parameters are repeated verbatim");
    assert!(answer.contains(r#"{"time":"06:30","event":null,"outcome":"ok","state""#));
    let record = concat!(
        r#"{"car":"V1","pile":"T1","start":"06:00","stop":"10:00","kwh":"40.00","#,
        r#""charge_fee":"25.00","service_fee":"32.00","total_fee":"57.00"}"#
    );
    assert!(answer.contains(record), "{answer}");
    assert!(answer.ends_with("\"all_done_at\": \"10:00\" }\n"));
    let keys = ["\"parameters\"", "\"rows\"", "\"detail_records\"", "\"all_done_at\""];
    let places: Vec<_> = keys.iter().map(|key| answer.find(key).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn times_are_shown_as_the_rules_say() {
    let rows = [("23:59", "(A,V1,T,10)"), ("00:30+1", "(A,V2,T,0.05)"), ("00:30:30+1", "(A,V3,F,1)")];
    let played = play(&scenario(r#""slow_power_kwh_per_h":7"#, &rows));
    let stops: Vec<_> =
        played["detail_records"].as_array().unwrap().iter().map(|r| (r["start"].clone(), r["stop"].clone())).collect();
    assert_eq!(
        stops,
        [
            ("00:30+1".into(), "00:30:26+1".into()),
            ("00:30:30+1".into(), "00:32:30+1".into()),
            ("23:59".into(), "01:24:43+1".into())
        ]
    );
    assert_eq!(played["rows"][1]["time"], "00:30+1", "repeated verbatim");
    assert_eq!(played["all_done_at"], "01:24:43+1");
}

#[test]
fn left_out_parameters_have_their_defaults() {
    let played = play(&scenario("", &[("06:00", "(A,V1,T,7)")]));
    let piles: Vec<_> = played["rows"][0]["state"]["piles"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(piles, ["F1", "F2", "T1", "T2", "T3"]);
    assert_eq!(played["all_done_at"], "07:00");
}

#[test]
fn numbers_are_read_as_decimals() {
    let played = play(&scenario(
        r#""slow_power_kwh_per_h":7.5,"service_fee":0.1,"start":"06:00""#,
        &[("06:00", "(A,V1,T,100.4)")],
    ));
    assert_eq!(played["detail_records"][0]["kwh"], "100.40");
    assert_eq!(played["detail_records"][0]["service_fee"], "10.04");
    assert_eq!(played["all_done_at"], "19:23:12");
}

#[test]
fn faults_may_have_durations() {
    let rows = [("06:00", "(A,V1,F,30)"), ("06:30", "(B,F1,O,15)"), ("06:30", "(B,F2,O,60)")];
    let played = play(&scenario(r#""B_value":"fault duration in minutes""#, &rows));
    assert_eq!(played["rows"][2]["state"]["piles"]["F1"]["state"], "FAULT");
    assert_eq!(played["rows"][2]["state"]["fault_queue"]["F"][0]["remaining_kwh"], "15.00");
    assert_eq!(played["all_done_at"], "07:15");
}

#[test]
fn a_refusal_names_the_row() {
    let row = |event| refusal("", &[("06:00", "(A,V1,T,40)"), ("06:10", event)]);
    for (event, expected) in [
        ("(A,V1,T,0)", "row 2: expected an amount of kWh above zero"),
        ("(A,V1,T,-5)", "row 2: expected an amount of kWh above zero"),
        ("(A,V1,T,1e2)", "row 2: expected an amount of kWh above zero"),
        ("(A,V1,X,5)", "row 2: expected F or T for the mode"),
        ("(A,V1,O,5)", "row 2: expected (A,car,O,0) to cancel or stop"),
        ("(C,V1,O,-2)", "row 2: expected an amount of kWh above zero, or -1 for the same"),
        ("(B,T4,O,0)", "row 2: expected a pile of this station, got (B,T4,O,0)"),
        ("(B,T0,O,0)", "row 2: expected a pile of this station"),
        ("(B,X1,O,0)", "row 2: expected a pile such as F1 or T2"),
        ("(B,T1,O,2)", "row 2: expected 0 for a fault or 1 for a recovery"),
        ("(B,T1,T,0)", "row 2: expected (A,car,F|T,kWh)"),
        ("(A,,T,5)", "row 2: expected (A,car,F|T,kWh)"),
        ("(A,V1,T)", "row 2: expected (A,car,F|T,kWh)"),
        ("A,V1,T,5", "row 2: expected (A,car,F|T,kWh)"),
        ("(D,V1,T,5)", "row 2: expected (A,car,F|T,kWh)"),
    ] {
        let refusal = row(event);
        assert!(refusal.starts_with(expected), "{event}: {refusal}");
    }
    assert_eq!(refusal("", &[("06:10", ""), ("06:09", "")]), "row 2: expected 06:10 or later, got 06:09");
    assert_eq!(refusal(r#""start":"06:00""#, &[("05:59", "")]), "row 1: expected 06:00 or later, got 05:59");
    assert!(refusal("", &[("6:00", "")]).starts_with("row 1: expected a time as HH:MM"));
    assert!(refusal("", &[("24:00", "")]).starts_with("row 1: expected a time as HH:MM"));
    assert!(
        refusal(r#""B_value":"fault duration in minutes""#, &[("06:00", "(B,F1,O,0)")])
            .starts_with("row 1: expected a fault duration")
    );
    assert!(Scenario::read("{}").unwrap_err().to_string().starts_with("not a scenario"));
    assert!(
        Scenario::read(r#"{"parameters":{},"rows":[{"event":null}]}"#)
            .unwrap_err()
            .to_string()
            .starts_with("row 1: expected {")
    );
}

#[test]
fn impossible_parameters_are_refused_by_name() {
    for (parameters, expected) in [
        (r#""fast_piles":0,"slow_piles":0"#, "parameters: impossible settings: a station needs at least one pile"),
        (r#""fast_piles":-1"#, "parameters: fast_piles: expected a whole number, got -1"),
        (r#""pile_queue_length_M":0"#, "parameters: impossible settings: M"),
        (r#""slow_power_kwh_per_h":0"#, "parameters: slow_power_kwh_per_h: expected kW above zero"),
        (r#""service_fee":"-0.8""#, "parameters: service_fee: expected yuan per kWh"),
        (r#""fault_strategy":"luck""#, "parameters: fault_strategy: expected priority or time_order, got \"luck\""),
        (r#""start":"25:00""#, "parameters: start: expected a time as HH:MM"),
        (r#""tariff":[["00:00","23:00","0.4"]]"#, "parameters: impossible tariff: the bands leave a part"),
        (
            r#""tariff":[["00:00","24:00","0.4"],["07:00","08:00","1"]]"#,
            "parameters: impossible tariff: two bands cover",
        ),
        (r#""tariff":[["00:00","24:00","cheap"]]"#, "parameters: tariff: expected a list"),
        (r#""B_value":"?""#, "parameters: B_value: expected"),
    ] {
        let refusal = refusal(parameters, &[]);
        assert!(refusal.starts_with(expected), "{parameters}: {refusal}");
    }
}

#[test]
fn all_done_is_null_if_no_car_ever_came_or_some_car_can_never_leave() {
    let done = |rows: &[(&str, &str)]| play(&scenario("", rows))["all_done_at"].clone();
    assert!(done(&[("06:00", "")]).is_null());
    assert!(done(&[("06:00", "(A,V1,O,0)")]).is_null());
    assert!(
        done(&[("06:00", "(B,F1,O,0)"), ("06:00", "(B,F2,O,0)"), ("06:00", "(A,V1,F,5)"), ("06:00", "(A,V2,T,7)")])
            .is_null()
    );
    assert_eq!(done(&[("06:00", "(A,V1,F,5)"), ("06:05", "(A,V1,O,0)")]), "06:05", "by any way");
}

const DOCUMENTED: [&str; 6] = [
    "a-day-without-trouble",
    "a-fault-with-priority",
    "a-fault-in-time-order",
    "changes-and-cancels",
    "three-bands-and-midnight",
    "a-full-station",
];

fn documentation() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenarios")
}

/// Set `BLESS_SCENARIOS` to write the answers anew, and read the difference.
#[test]
#[expect(clippy::disallowed_methods, reason = "the person who runs the test may ask it to write")]
fn the_scenarios_of_the_documentation_give_their_answers() {
    for name in DOCUMENTED {
        let path = documentation().join(name);
        let answer = answer(&std::fs::read_to_string(path.with_extension("json")).unwrap());
        let beside = path.with_extension("answer.json");
        if std::env::var_os("BLESS_SCENARIOS").is_some() {
            std::fs::write(&beside, &answer).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&beside).unwrap(), answer, "{name}");
        let scenario = Scenario::read(&std::fs::read_to_string(path.with_extension("json")).unwrap()).unwrap();
        let metered = Answer::of(&scenario, &scenario.play_metered()).to_json().unwrap();
        assert_eq!(metered, answer, "{name} on a metered station");
    }
    let files = std::fs::read_dir(documentation()).unwrap().count();
    assert_eq!(files, 2 * DOCUMENTED.len() + 1, "each scenario and its answer, and what is said about them");
}
