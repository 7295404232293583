//! Many pieces of work on several threads, results in the order of the pieces, few of them in memory at a time.

use std::{sync::mpsc, thread};

use crate::cli::outcome::{Failure, Outcome};

/// Pieces that a thread may have before it.
const WAITING: usize = 2;

/// Brings the pieces that `next` gives to workers and hands each result to `take`, in the order of the pieces. `worker` makes a
/// worker, once on each of `threads` threads; with one thread all is done on this one.
///
/// # Errors
/// What `next` and `take` say. Pieces begun are dropped then.
pub fn relay<P: Send, R: Send, W: FnMut(P) -> R>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<P>, Failure>,
    worker: impl Fn() -> W + Sync,
    mut take: impl FnMut(R) -> Outcome,
) -> Outcome {
    if threads <= 1 {
        let mut work = worker();
        while let Some(piece) = next()? {
            take(work(piece))?;
        }
        return Ok(());
    }
    thread::scope(|scope| {
        let worker = &worker;
        let lines: Vec<_> = (0..threads)
            .map(|_| {
                let (give, pieces) = mpsc::sync_channel::<P>(WAITING);
                let (done, results) = mpsc::sync_channel::<R>(WAITING);
                scope.spawn(move || {
                    let mut work = worker();
                    // An end of either channel ends the work.
                    let _ = pieces
                        .into_iter()
                        .try_for_each(|piece| done.send(work(piece)));
                });
                (give, results)
            })
            .collect();
        let (mut given, mut taken) = (0, 0);
        let mut more = true;
        while more || taken < given {
            more = more
                && match next()? {
                    // A worker that is gone has panicked, and the scope passes that on.
                    Some(piece) => lines[given % threads].0.send(piece).is_ok(),
                    None => false,
                };
            given += usize::from(more);
            if taken < given && (!more || given - taken == WAITING * threads) {
                let Ok(result) = lines[taken % threads].1.recv() else {
                    break;
                };
                take(result)?;
                taken += 1;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_pieces() {
        for threads in [1, 2, 3, 7] {
            let mut pieces = 0..100_u64;
            let mut taken = Vec::new();
            let worker = || {
                |piece: u64| {
                    thread::sleep(std::time::Duration::from_micros(piece * 7_919 % 300));
                    piece * 2
                }
            };
            let took = relay(
                threads,
                || Ok(pieces.next()),
                worker,
                |r| {
                    taken.push(r);
                    Ok(())
                },
            );
            assert!(took.is_ok());
            assert_eq!(
                taken,
                (0..100).map(|p| p * 2).collect::<Vec<_>>(),
                "{threads}"
            );
        }
    }

    #[test]
    fn a_mistake_ends_the_work() {
        let mut given = 0;
        let next = || {
            given += 1;
            if given < 10 {
                Ok(Some(given))
            } else {
                Err(Failure::Usage("broken".to_owned()))
            }
        };
        assert!(relay(2, next, || |piece: i32| piece, |_| Ok(())).is_err());
        let full = || Err(Failure::Usage("full".to_owned()));
        assert!(relay(2, || Ok(Some(1)), || |piece: i32| piece, |_| full()).is_err());
    }
}
