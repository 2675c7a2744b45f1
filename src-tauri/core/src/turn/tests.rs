//! Turns are tested whole, against a simulated service: see `app/tests.rs`.
use super::*;

#[tokio::test]
async fn growth_of_one_part_is_journaled_as_one_entry() {
    let mut journal = Journal::default();
    for text in ["a", "b", "c"] {
        journal.add(vec![JournalEntry::Append {
            part: 0,
            text: text.to_owned(),
        }]);
    }
    journal.add(vec![JournalEntry::Append {
        part: 1,
        text: "d".to_owned(),
    }]);
    assert_eq!(
        journal.waiting,
        [
            JournalEntry::Append {
                part: 0,
                text: "abc".to_owned()
            },
            JournalEntry::Append {
                part: 1,
                text: "d".to_owned()
            },
        ]
    );
}
