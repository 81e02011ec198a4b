//! The one spelling of a plan, and its digest.

use proptest::prelude::*;
use rulec::plan::Plan;
use rulec::plan::canonical::{canonical, digest, pretty, seal, to_value, verify};

use super::support::plans::{any_plan, plan, step};

#[test]
fn the_digest_is_that_of_the_canonical_form_without_it() {
    let sealed = seal(plan(Vec::new()));
    assert_eq!(
        canonical(&to_value(&Plan { digest: "-".into(), ..sealed.clone() })),
        r#"{"bounds":{},"digest":"-","entry":{"id":"E1","kind":"procedure","name":"E1","source":{"file":"L5-execution.yaml","line":1,"pointer":"/procedures/0"}},"policy":{"lock":{"scope":"E1","timeout_ms":0}},"sources":[],"steps":[],"version":1}"#
    );
    // What `sha256sum` says of that text without its `digest`.
    assert_eq!(sealed.digest, "sha256:edbe1078b6806a3dbe962b3eb1c8dc21701e0442f3e6cae1f7b31fb2107d683d");
    assert!(verify(&sealed));
    assert_eq!(seal(sealed.clone()), sealed);
}

#[test]
fn a_changed_plan_does_not_verify() {
    let mut changed = seal(plan(vec![step("a")]));
    changed.steps[0].name.push('!');
    assert!(!verify(&changed));
    assert!(!verify(&plan(Vec::new())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn plans_survive_being_written_and_read(plan in any_plan()) {
        for text in [canonical(&to_value(&plan)), pretty(&to_value(&plan))] {
            let read: Plan = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&read, &plan);
            prop_assert_eq!(digest(&read), plan.digest.clone());
        }
    }
}
