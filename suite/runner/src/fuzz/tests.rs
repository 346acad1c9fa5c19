//! Campaigns against targets that hang, break, or are wrong only now and then; and how they end.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use setpresence_core::explore::{Campaign, Ground};
use setpresence_core::judge::Class;
use setpresence_core::spec::requirement;

use super::*;
use crate::settings::{ClockSettings, Settings};
use crate::testing::settings;

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered(u16),
    Hangs,
    Breaks,
}

type Fates = fn(usize) -> Fate;

/// A target in which the n-th request, from 1, has this fate. A read shows Offline, whatever was set.
async fn target(settings: Settings, fates: Fates) -> Target {
    let n_requests = Arc::new(AtomicUsize::new(0));
    let service = tower::service_fn(move |request: http::Request<crate::Body>| {
        let nth = n_requests.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            let status = match fates(nth) {
                Fate::Answered(status) => status,
                Fate::Hangs => pending().await,
                Fate::Breaks => return Err(io::Error::other("the connection broke")),
            };
            let user = request.uri().path().split('/').nth(2).unwrap_or_default().to_owned();
            let body = format!(r#"{{"id": "{user}", "availability": "Offline", "activity": "Offline"}}"#);
            Ok(http::Response::builder().status(status).body(Full::new(Bytes::from(body))).unwrap())
        }
    });
    Target::in_process(settings, service, &|_| None).await.unwrap()
}

fn wall(timeout: Duration) -> Settings {
    Settings { timeout, ..settings("http://h/beta", 3, ClockSettings::Wall) }
}

const PATIENT: Duration = Duration::from_secs(3600);

/// As if every user were new: whatever is set, nothing is asked of what was before.
fn options() -> FuzzOptions {
    FuzzOptions { users: crate::Users::Fresh, jobs: 1, requests: Some(400), ..FuzzOptions::default() }
}

async fn campaign(target: &Target, options: &FuzzOptions) -> FuzzEnd {
    fuzz(target, options, &mut |_| {}).await
}

#[tokio::test]
async fn budgets_are_kept() {
    let good = target(wall(PATIENT), |_| Fate::Answered(200)).await;
    let end = campaign(&good, &FuzzOptions { requests: Some(57), jobs: 4, ..options() }).await;
    assert_eq!((end.progress.requests.min(57), good.sent()), (57, 57), "as many requests as there may be");
    let late = campaign(&good, &FuzzOptions { lasts: Some(Duration::ZERO), requests: None, ..options() }).await;
    assert_eq!((late.judged, good.sent()), (0, 57), "nothing is sent when time is up");
    // Who is under way when time is up is given up: without that this test would take an hour.
    let hung = target(wall(PATIENT), |_| Fate::Hangs).await;
    let lasts = Some(Duration::from_millis(5));
    let end = campaign(&hung, &FuzzOptions { lasts, requests: None, ..options() }).await;
    assert_eq!((end.judged, end.found.len(), hung.sent()), (0, 0, 1));
}

#[tokio::test]
async fn what_has_no_answer_is_found() {
    let at_once = Duration::from_millis(1);
    let rows: [(&str, Duration, Fates); 2] = [
        ("no whole answer within 1 ms", at_once, |_| Fate::Hangs),
        ("the connection broke", PATIENT, |_| Fate::Breaks),
    ];
    for (observed, timeout, fate) in rows {
        let end = campaign(&target(wall(timeout), fate).await, &FuzzOptions { requests: Some(40), ..options() }).await;
        let [found] = end.found.as_slice() else { panic!("{observed}: {:#?}", end.found) };
        let Divergence { class, requirement, observed: told, .. } = &found.divergence;
        assert_eq!((*class, requirement.as_str()), (Class::NoAnswer, requirement::NO_HANG));
        assert!(told.contains(observed), "{told}");
        assert_eq!((found.sequence.moves().len(), found.is_flaky()), (1, false), "{observed}");
    }
}

#[tokio::test]
async fn what_shows_now_and_then_has_its_rate() {
    let seventh = target(wall(PATIENT), |nth| Fate::Answered(if nth % 7 == 0 { 503 } else { 200 })).await;
    let end = campaign(&seventh, &FuzzOptions { requests: Some(4000), ..options() }).await;
    let found = end.found.iter().find(|found| found.divergence.class == Class::ServerError);
    let found = found.unwrap_or_else(|| panic!("{:#?}", end.found));
    let (shown, tried) = found.rate;
    assert!(found.is_flaky() && shown >= 1 && shown < tried, "{shown} of {tried}");
    let always = target(wall(PATIENT), |_| Fate::Answered(503)).await;
    let end = campaign(&always, &FuzzOptions { requests: Some(4000), ..options() }).await;
    assert!(!end.found.is_empty() && end.found.iter().all(|found| !found.is_flaky()), "{:#?}", end.found);
}

#[tokio::test]
async fn what_had_no_answer_says_nothing_of_what_is_gone() {
    let sequence = |target: &Target| Campaign::new(Ground::of(&abilities(target, &options())), 1).next_sequence();
    let rows: [(Fates, bool); 2] =
        [(|_| Fate::Answered(200), true), (|nth| if nth == 1 { Fate::Breaks } else { Fate::Answered(200) }, false)];
    for (fate, is_whole) in rows {
        let target = target(wall(PATIENT), fate).await;
        let replayed = replay(&target, &options(), &sequence(&target)).await;
        assert_eq!(replayed.is_whole, is_whole, "{replayed:#?}");
    }
}
