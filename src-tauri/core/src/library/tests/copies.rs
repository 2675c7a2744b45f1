//! Copies of paths and of conversations.

use super::*;
use crate::view::ListScope;

#[test]
fn a_duplicate_has_the_path_up_to_a_message_and_nothing_else() {
    let library = Library::in_memory().unwrap();
    let (conversation, question, answer) = exchange(&library);
    let other = message(Role::Assistant, Some(&question.id), "Snow falls.");
    let follow_up = message(Role::User, Some(&other.id), "Why?");
    library
        .add_messages(&conversation, &[other, follow_up], false, 3)
        .unwrap();
    library
        .set_conversation_tools(&conversation, Some(true))
        .unwrap();
    library
        .save_draft(&Draft::Of(conversation.clone()), "unsent")
        .unwrap();
    let copy = library.duplicate(&answer.id, "Rain (copy)", 9).unwrap();
    assert_eq!(texts(&library, &copy), ["What falls?", "Rain falls."]);
    let facts = library.conversation(&copy).unwrap();
    assert_eq!(
        (facts.title.as_str(), facts.tools, facts.draft.as_str()),
        ("Rain (copy)", Some(true), "")
    );
    let shown = shown(&library, &copy);
    assert!(shown.iter().all(|entry| entry.versions == 1));
    let original = library.path_of(&conversation).unwrap();
    assert_eq!(original.len(), 3);
    assert!(shown.iter().all(|entry| entry.message.id != question.id));
    // It stands on its own.
    library.erase_conversation(&conversation).unwrap();
    assert_eq!(texts(&library, &copy).len(), 2);
    assert_eq!(
        library.rows(&ListScope::Active, 0, 10).unwrap()[0].updated_at,
        9
    );
}

#[test]
fn a_conversation_comes_to_another_library_whole_and_with_ids_of_its_own() {
    let temporary = Library::temporary().unwrap();
    let (conversation, question, answer) = exchange(&temporary);
    assert!(is_temporary(&conversation));
    let other = message(Role::Assistant, Some(&question.id), "Snow falls.");
    let third = message(Role::Assistant, Some(&question.id), "Hail falls.");
    let gone = message(Role::Assistant, Some(&question.id), "Frogs fall.");
    for new in [&other, &third, &gone] {
        temporary
            .add_messages(&conversation, std::slice::from_ref(new), false, 3)
            .unwrap();
    }
    temporary.delete_message(&gone.id, true, "d", 4).unwrap();
    temporary.select_version(&third.id, -1).unwrap();
    temporary
        .save_draft(&Draft::Of(conversation.clone()), "unsent")
        .unwrap();

    let library = Library::in_memory().unwrap();
    let whole = temporary.whole(&conversation).unwrap();
    let kept = library.add_whole(&whole).unwrap();
    assert!(!is_temporary(&kept));
    assert_eq!(texts(&library, &kept), ["What falls?", "Snow falls."]);
    let shown = shown(&library, &kept);
    assert_eq!((shown[1].version, shown[1].versions), (2, 3));
    assert!(
        shown
            .iter()
            .all(|entry| !is_temporary(&entry.message.id) && entry.message.id != answer.id)
    );
    assert_eq!(library.conversation(&kept).unwrap().draft, "unsent");
    assert!(library.conversation(&kept).unwrap().model.is_some());
}
