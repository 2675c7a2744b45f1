//! The table: every row of `protocol.md` that the wire can answer for, in its order and words,
//! beside the test that holds it. Each is a test of the real client over a real socket.

use std::io::Write as _;

/// The API's own page, which wins wherever it speaks.
pub(crate) const PAGE: &str = include_str!("errors-and-events.txt");

/// `part { "row" => module::case; }`: makes a test of each row.
macro_rules! table {
    ($($part:ident { $($row:literal => $module:ident::$case:ident;)* })*) => {
        /// Part and row.
        const ROWS: &[(&str, &str)] = &[$($((stringify!($part), $row),)*)*];

        $(mod $part {
            $(#[tokio::test]
            async fn $case() {
                crate::$module::$case().await;
            })*
        })*
    };
}

table! {
    authorization {
        "1. POST /api/auth/app/request {app_name} → {request_id}"
            => authorization::a_request_says_the_apps_name_and_gets_an_id;
        "2. {base}/authorize-app?request_id={id}; only [A-Za-z0-9-]{1,64}"
            => authorization::the_page_to_approve_on_carries_the_id_and_no_other_text_can;
        "5. Every inference call carries Authorization: Bearer"
            => inference::a_call_carries_the_token_and_asks_for_a_stream;
        "200 store the token"
            => authorization::an_exchange_brings_the_code_and_gets_the_token;
        "400 app_name required; request_id and code required"
            => authorization::a_400_for_a_missing_field_keeps_the_servers_text;
        "400 Invalid code"
            => authorization::a_400_for_a_wrong_code_says_how_many_attempts_are_left;
        "404 Request not found or expired"
            => authorization::a_404_is_expired;
        "409 Not yet authorized"
            => authorization::a_409_is_no_failure_and_the_same_code_succeeds_later;
        "410 Request invalidated"
            => authorization::a_410_is_invalidated;
        "429 / 5xx"
            => authorization::a_429_or_5xx_is_retryable_and_a_wish_to_wait_is_kept;
        "no connection"
            => authorization::no_connection_is_retryable;
    }
    inference {
        "GET /api/inference/models?type=llm"
            => models::the_list_is_asked_for_with_the_token;
        "200 stream it"
            => inference::a_delta_is_there_while_the_server_waits;
        "200 with a JSON body"
            => inference::a_200_with_json_is_one_piece;
        "400 malformed body, unknown model, bad role, missing field"
            => inference::a_400_shows_the_servers_text_and_tells_an_unknown_model;
        "401 missing, invalid, revoked or expired token"
            => inference::a_401_is_unauthorized_and_is_never_retried;
        "402 balance zero or negative"
            => inference::a_402_asks_for_payment_and_is_never_retried;
        "429 rate limit; Retry-After in seconds or a date"
            => inference::a_429_is_retryable_and_says_when_in_seconds_or_by_date;
        "500 (and 502, 503, 504)"
            => inference::a_500_502_503_or_504_is_a_server_error_and_retryable;
        "other"
            => inference::any_other_status_is_told_with_its_text_and_not_retried;
        "error in a body: its shapes"
            => inference::an_errors_body_is_read_in_every_shape_and_never_shown_as_html;
        "Billing rule"
            => inference::a_stream_that_ends_after_content_never_gets_a_second_request;
    }
    events {
        "content" => events::content_is_appended;
        "reasoning" => events::reasoning_is_appended_apart;
        "tool_calls" => events::tool_calls_come_before_a_finish_that_says_so;
        "finish stop" => events::a_finish_says_stop;
        "finish tool_calls" => events::a_finish_says_tool_calls;
        "finish length" => events::a_finish_says_length;
        "error: non-fatal" => events::an_error_may_be_followed_by_content;
        "error: If done is the next event, it was fatal"
            => events::an_error_right_before_done_is_told_so;
        "done" => inference::done_closes_the_connection_though_the_server_keeps_it;
    }
    decisions {
        "WHATWG event-stream rules" => decisions::the_standards_rules_hold_over_a_socket;
        "an event without a blank line at the end of the stream"
            => decisions::the_last_event_needs_no_blank_line;
        "JSON over several physical lines: the page's examples, verbatim"
            => decisions::the_pages_examples_decode_verbatim_with_any_line_end_and_cut;
        "A second dialect" => inference::openais_chunks_are_understood;
        "both dialects, event by event" => decisions::both_dialects_may_stand_in_one_stream;
        "Unknown event names and unknown fields are skipped"
            => decisions::unknown_names_and_fields_are_skipped;
        "JSON that does not parse" => decisions::json_that_does_not_parse_is_skipped_and_told;
        "End of stream without done: complete if a finish was seen"
            => decisions::an_end_without_done_is_complete_after_a_finish;
        "End of stream without done: else interrupted"
            => inference::a_stream_that_is_cut_is_interrupted_however_the_connection_ends;
        "Comments count as life" => decisions::a_comment_is_life_and_nothing_else;
        "Nothing at all for 90 s"
            => time_limits::silence_in_the_middle_of_a_stream_ends_it_and_what_came_is_kept;
        "Connect timeout 15 s"
            => time_limits::no_connection_within_the_limit_is_a_connect_timeout_and_retryable;
        "response headers within 120 s"
            => time_limits::no_answer_within_the_limit_is_a_headers_timeout_and_not_retried;
        "1 MiB a line" => decisions::a_line_is_at_most_1_mib;
        "8 MiB an event" => decisions::an_event_is_at_most_8_mib;
        "64 MiB a reply" => decisions::a_reply_is_at_most_64_mib;
        "64 tool calls a reply" => decisions::a_reply_has_at_most_64_tool_calls;
        "A tool call without id gets one" => decisions::a_tool_call_without_an_id_gets_one;
        "arguments that are no JSON" => decisions::arguments_that_are_no_json_come_as_they_are;
    }
}

/// The first cell of every row of the page's tables, but for their heads.
fn first_cells() -> impl Iterator<Item = &'static str> {
    PAGE.lines()
        // A table may begin right after an example.
        .filter_map(|line| line.split_once("| ").map(|(_, row)| row))
        .filter_map(|row| row.split(" | ").next())
        .filter(|cell| !cell.starts_with("---") && !["Status", "finish_reason"].contains(cell))
}

#[test]
fn no_row_and_no_event_of_the_pages_own_tables_is_left_out() {
    let has = |word: &str| {
        ROWS.iter()
            .any(|(_, row)| row.split([' ', ':']).any(|other| other == word))
    };
    let cells: Vec<_> = first_cells().collect();
    assert_eq!(cells.len(), 8 + 3 + 6, "{cells:?}");
    for cell in cells {
        assert!(has(cell), "no row for {cell}");
    }
    for name in PAGE.lines().filter_map(|line| line.strip_prefix("event: ")) {
        assert!(has(name), "no row for the event {name}");
    }
    let mut out = std::io::stdout();
    writeln!(out, "{} rows of protocol.md covered", ROWS.len()).unwrap();
}
