//! From what was seen of a case to its record. The judging is core's.

use setpresence_core::event::{CaseRecord, Exchange};
use setpresence_core::judge::{self, Context, Judgement};
use setpresence_core::moment::Moment;
use setpresence_core::plan::Plan;

use super::kept::OnlyKept;
use super::timeline::Seen;
use super::world::World;
use crate::reproduce;

/// Judges a case and makes its record.
pub(super) fn judged(world: &World<'_>, plan: &Plan, users: Vec<String>, seen: Seen) -> CaseRecord {
    let Seen { began, requests, observations, late, interrupted, only_kept } = seen;
    let latest = late.iter().copied().max().unwrap_or_default();
    let context = Context {
        users,
        credentials: world.abilities.credentials.clone(),
        slack: world.target.settings().slack,
        interrupted,
    };
    let mut judgement = judge::judge(plan, &context, &observations);
    if let Some(OnlyKept { exchange, note }) = &only_kept {
        let same = judgement.divergences.iter_mut().filter(|divergence| divergence.exchange == *exchange);
        same.for_each(|divergence| divergence.observed.push_str(note));
    }
    let last = judgement.divergences.iter().map(|divergence| divergence.exchange).max();
    let reproduce = last.map_or_else(Vec::new, |last| {
        reproduce::commands(world.target.settings(), &world.display_base, plan, &world.users_to_show(plan), last)
    });
    let exchanges = plan
        .actions
        .iter()
        .zip(requests.into_iter().zip(observations).zip(late))
        .map(|(action, ((request, observation), late))| Exchange {
            step: action.step,
            role: action.role.name().to_owned(),
            due: Moment::from_start(action.at),
            late,
            request,
            observation,
        })
        .collect();
    CaseRecord { began, late: latest, ..record(plan, judgement, reproduce, exchanges) }
}

fn record(plan: &Plan, judgement: Judgement, reproduce: Vec<String>, exchanges: Vec<Exchange>) -> CaseRecord {
    CaseRecord {
        id: plan.id.clone(),
        family: plan.family.clone(),
        file: plan.file.clone(),
        line: 0,
        title: plan.title.clone(),
        about: plan.about.clone(),
        level: plan.level,
        requirements: plan.requirements.clone(),
        verdict: judgement.verdict,
        reason: judgement.reason,
        waived: None,
        divergences: judgement.divergences,
        observed: judgement.observed,
        explained_by: judgement.explained_by,
        reproduce,
        lasts: Moment::from_start(plan.lasts()),
        began: Moment::START,
        measured: Vec::new(),
        late: Moment::START,
        exchanges,
    }
}
