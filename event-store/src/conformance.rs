//! What every store must do, as test cases any store can be run through.
//!
//! [`conformance_tests!`](crate::conformance_tests) and
//! [`conformance_fault_tests!`](crate::conformance_fault_tests) turn each case
//! into a test of its own. A case uses streams of its own and tolerates others'
//! events, so it can be run on a store that is shared. To add a case: a function
//! in the file it belongs to, and its name in a macro's list. To run a third
//! store through them: a [`Subject`] that opens it, once more as a second
//! instance, and a [`Disturbance`] that makes it go away.

pub mod appending;
mod disturbance;
pub mod faults;
pub mod following;
pub mod instances;
pub mod model;
pub mod paging;
pub mod reading;
pub mod refusing;
pub mod restarting;
mod subject;

pub use disturbance::{Cut, Disturbance, Then};
pub use subject::Subject;

/// Makes a test of each case; `$open` is an `async fn() -> Subject` that opens
/// the store, and a second instance of it, for one of them.
#[macro_export]
macro_rules! conformance_tests {
    ($open:path) => {
        $crate::conformance_tests! { @all tests $open() }
    };
    (@all $how:ident $open:expr) => {
        $crate::conformance_tests! { @$how $open;
            appending::events_come_back_as_they_were_appended,
            appending::names_in_any_script_come_back,
            appending::revisions_and_positions_go_up_one_after_the_other,
            appending::one_writer_wins_at_an_expected_revision,
            appending::a_conflict_says_where_the_stream_is,
            appending::a_repeated_command_answers_with_its_first_result,
            appending::a_command_sent_by_many_at_once_is_appended_once,
            appending::the_largest_event_comes_back_whole,
            refusing::what_cannot_be_stored_is_refused_by_name_and_limit,
            refusing::text_that_cannot_be_stored_is_refused,
            reading::a_stream_is_read_in_pages_from_any_revision,
            reading::a_stream_that_does_not_exist_has_no_events,
            reading::pages_of_the_log_have_no_gap_and_no_repeat,
            reading::a_filtered_page_says_how_far_it_looked,
            reading::a_page_of_large_events_is_cut_short_and_goes_on,
            reading::a_position_of_another_log_is_refused,
            reading::a_position_beyond_the_head_is_refused,
            paging::a_stream_is_read_backwards_in_pages_from_any_revision,
            paging::the_log_read_backwards_is_the_log_read_forwards,
            paging::a_stream_of_ten_thousand_events_is_read_whole_both_ways,
            following::every_follower_sees_every_append_once_and_in_one_order,
            following::a_late_follower_catches_up_to_what_is_being_written,
            following::a_filtered_follower_sees_its_own_and_checkpoints_past_the_rest,
            following::an_append_is_hinted_at,
            model::any_sequence_of_operations_ends_as_in_a_list,
            restarting::a_reader_goes_on_from_any_position_it_was_given,
            restarting::a_reader_that_restarts_after_every_page_sees_the_log_once,
            instances::two_instances_write_one_stream_and_nothing_is_lost,
            instances::a_repeat_through_another_instance_appends_nothing,
            instances::both_instances_are_one_log,
            instances::an_append_through_another_instance_is_hinted_at,
        }
    };
    (@tests $open:expr; $($group:ident :: $case:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let subject = $open.await;
                $crate::conformance::$group::$case(&subject).await;
            }
        )*
    };
    (@run $open:expr; $($group:ident :: $case:ident,)*) => {
        $(
            eprintln!("{}", stringify!($case));
            $group::$case(&$open.await).await;
        )*
    };
}

/// Makes a test of each case in which the store is cut off or away; `$open` is
/// an `async fn(settle_within: Duration) -> Subject` that opens the store, which
/// tries for so long to settle an append, and a [`Disturbance`] of it.
#[macro_export]
macro_rules! conformance_fault_tests {
    ($open:path) => {
        $crate::conformance_tests! { @tests $open($crate::conformance::faults::PATIENT);
            faults::a_commit_that_was_done_unheard_is_found_and_answered,
            faults::a_commit_that_never_arrived_is_made_again,
            faults::a_conflict_is_still_one_after_a_lost_answer,
            faults::an_append_waits_for_a_store_that_comes_back,
            faults::a_reader_goes_on_from_where_it_was_once_the_store_is_back,
        }
        $crate::conformance_tests! { @tests $open($crate::conformance::faults::HASTY);
            faults::an_outcome_that_cannot_be_looked_up_is_unknown_and_a_repeat_settles_it,
            faults::an_append_to_a_store_that_stays_away_is_never_said_to_be_done,
            faults::reading_a_store_that_stays_away_says_that_it_is_unavailable,
        }
    };
}

/// Runs all cases that disturb nothing, one after the other, each on a subject
/// of its own; says on stderr which one runs.
///
/// # Panics
///
/// At the first that fails.
pub async fn run_all(open: impl AsyncFn() -> Subject) {
    crate::conformance_tests! { @all run open() }
}
