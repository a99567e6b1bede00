//! `poll_oneoff`: waits for clocks and streams.

use super::guest::Guest;
use super::timer::poll_until;
use super::types::{
    Errno, Error, Event, EventFdReadwrite, Eventrwflags, Eventtype, Size, Subclockflags,
    Subscription, SubscriptionClock, SubscriptionU, Timestamp,
};
use std::future::poll_fn;
use std::task::Poll;
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestMemory, GuestPtr, GuestType};

/// The most subscriptions of one call.
const MAX_SUBSCRIPTIONS: Size = 4096;

/// The subscriptions of a call.
#[derive(Default)]
struct Wanted {
    /// Clocks: the index of the subscription, its userdata, and the time of the monotonic clock.
    clocks: Vec<(u64, u64, Timestamp)>,
    /// Streams and files, with the index of the subscription in place of its userdata.
    files: Vec<Subscription>,
    /// Their userdata.
    userdata: Vec<u64>,
}

/// Waits until one of the subscriptions has an event. Writes the events in the order of the subscriptions.
pub(super) async fn poll_oneoff(
    guest: &mut Guest,
    memory: &mut GuestMemory<'_>,
    subscriptions: GuestPtr<Subscription>,
    events: GuestPtr<Event>,
    len: Size,
) -> Result<Size, Error> {
    if len == 0 || len > MAX_SUBSCRIPTIONS {
        return Err(Errno::Inval.into());
    }
    let wanted = read(guest, memory, subscriptions.as_array(len))?;
    let mut found = wait(guest, &wanted).await?;
    let now = guest.clocks.monotonic();
    let due = wanted.clocks.iter().filter(|(.., due)| *due <= now);
    found.extend(due.map(|(index, userdata, _)| (*index, clock_event(*userdata))));
    found.sort_by_key(|(index, _)| *index);
    for (place, (_, event)) in events.as_array(len).iter().zip(&found) {
        memory.write(place?, event.clone())?;
    }
    Ok(found.len() as Size)
}

fn read(
    guest: &Guest,
    memory: &GuestMemory<'_>,
    subscriptions: GuestPtr<[Subscription]>,
) -> Result<Wanted, Error> {
    let mut wanted = Wanted::default();
    for (index, place) in (0..).zip(subscriptions.iter()) {
        let subscription = memory.read(place?)?;
        wanted.userdata.push(subscription.userdata);
        match subscription.u {
            SubscriptionU::Clock(SubscriptionClock { id, timeout, flags, .. }) => {
                let is_absolute = flags.contains(Subclockflags::SUBSCRIPTION_CLOCK_ABSTIME);
                let due = guest.clocks.due(id, timeout, is_absolute)?;
                wanted.clocks.push((index, subscription.userdata, due));
            }
            u => wanted.files.push(Subscription { userdata: index, u }),
        }
    }
    Ok(wanted)
}

/// Waits for the first clock or file. Returns the events of files, with the indexes of the subscriptions.
async fn wait(guest: &mut Guest, wanted: &Wanted) -> Result<Vec<(u64, Event)>, Error> {
    let first = wanted.clocks.iter().map(|(.., due)| *due).min();
    let until = first.map(|due| guest.clocks.waits_until(due));
    let Guest { ctx, clocks, .. } = guest;
    let mut ready = (!wanted.files.is_empty()).then(|| Box::pin(poll_files(ctx, wanted)));
    let found = poll_fn(|context| {
        if let Some(ready) = &mut ready
            && let Poll::Ready(found) = ready.as_mut().poll(context)
        {
            return Poll::Ready(Some(found));
        }
        match until {
            None => Poll::Pending,
            // A fixed clock shows any time at once.
            Some(None) => Poll::Ready(None),
            Some(Some(until)) => poll_until(until).map(|()| None),
        }
    })
    .await;
    match (found, first) {
        (Some(found), _) => found,
        (None, Some(due)) => {
            clocks.sleep_until(due);
            Ok(Vec::new())
        }
        (None, None) => Ok(Vec::new()),
    }
}

/// Waits for files only, in a memory that holds only their subscriptions.
async fn poll_files(ctx: &mut WasiP1Ctx, wanted: &Wanted) -> Result<Vec<(u64, Event)>, Error> {
    let len = wanted.files.len() as Size;
    let events_start = len * Subscription::guest_size();
    let mut bytes = vec![0; (events_start + len * Event::guest_size()) as usize];
    let mut memory = GuestMemory::Unshared(&mut bytes);
    let subscriptions = GuestPtr::<Subscription>::new(0);
    let events = GuestPtr::<Event>::new(events_start);
    for (place, subscription) in subscriptions.as_array(len).iter().zip(&wanted.files) {
        memory.write(place?, subscription.clone())?;
    }
    let found = ctx.poll_oneoff(&mut memory, subscriptions, events, len).await?;
    let events = events.as_array(found);
    let event = |place: Result<_, _>| -> Result<_, Error> {
        let mut event: Event = memory.read(place?)?;
        let index = event.userdata;
        event.userdata = wanted.userdata[index as usize];
        Ok((index, event))
    };
    events.iter().map(event).collect()
}

fn clock_event(userdata: u64) -> Event {
    let fd_readwrite = EventFdReadwrite { nbytes: 0, flags: Eventrwflags::empty() };
    Event { userdata, error: Errno::Success, type_: Eventtype::Clock, fd_readwrite }
}
