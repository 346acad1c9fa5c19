//! The records of a run: when they are complete, and in which order they go out.

use std::collections::{BTreeMap, BTreeSet};

use setpresence_core::event::{CaseRecord, Measurement, RunEvent};

/// What became of each case so far.
pub(super) struct Ledger<'e> {
    /// Whether records go out in the order of the cases.
    is_ordered: bool,
    records: Vec<Option<CaseRecord>>,
    n_emitted: usize,
    requests: u64,
    /// The requirements whose instants are still being measured.
    expected: BTreeSet<String>,
    measured: BTreeMap<String, Measurement>,
    on_event: &'e mut (dyn FnMut(RunEvent) + Send),
}

impl<'e> Ledger<'e> {
    pub(super) fn new(is_ordered: bool, on_event: &'e mut (dyn FnMut(RunEvent) + Send)) -> Self {
        Self {
            is_ordered,
            records: Vec::new(),
            n_emitted: 0,
            requests: 0,
            expected: BTreeSet::new(),
            measured: BTreeMap::new(),
            on_event,
        }
    }

    /// A case more, whose record is there already or still to come.
    pub(super) fn add(&mut self, record: Option<CaseRecord>) {
        self.records.push(record);
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Records that judge this requirement wait until its instant is measured.
    pub(super) fn expect(&mut self, requirement: &str) {
        self.expected.insert(requirement.to_owned());
    }

    /// A case is done.
    pub(super) fn finish(&mut self, index: usize, record: CaseRecord) {
        if let Some(place) = self.records.get_mut(index) {
            *place = Some(record);
        }
        self.emit();
    }

    /// An instant is measured, or could not be.
    pub(super) fn measured(&mut self, requirement: &str, measurement: Option<Measurement>) {
        self.expected.remove(requirement);
        self.measured.extend(measurement.map(|measurement| (requirement.to_owned(), measurement)));
        self.emit();
    }

    /// No measurement and no record is to come any more: what there is goes out.
    pub(super) fn close(&mut self) {
        self.expected.clear();
        self.is_ordered = false;
        self.emit();
    }

    /// How many requests the cases took that have gone out.
    pub(super) const fn requests(&self) -> u64 {
        self.requests
    }

    /// Hands out what is complete.
    pub(super) fn emit(&mut self) {
        for index in self.n_emitted..self.records.len() {
            let is_due = self.records[index].as_ref().is_some_and(|record| self.is_complete(record));
            if is_due {
                self.hand_out(index);
            } else if self.is_ordered {
                break;
            }
            if index == self.n_emitted && self.is_ordered {
                self.n_emitted += 1;
            }
        }
    }

    fn is_complete(&self, record: &CaseRecord) -> bool {
        record.requirements.iter().all(|requirement| !self.expected.contains(requirement))
    }

    fn hand_out(&mut self, index: usize) {
        let Some(mut record) = self.records[index].take() else { return };
        if record.verdict.is_judged() {
            let measured = record.requirements.iter().filter_map(|requirement| self.measured.get(requirement));
            record.measured = measured.cloned().collect();
        }
        self.requests += record.exchanges.len() as u64;
        (self.on_event)(RunEvent::CaseFinished(Box::new(record)));
    }
}
