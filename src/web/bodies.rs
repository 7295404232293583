//! A deadline for request bodies: whoever sends one byte a second must not keep a connection and a
//! handler waiting.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
    web::Bytes,
};
use futures_util::Stream;
use tokio::time::{Instant, Sleep};

use super::error::{Code, WebError};
use crate::msg;

/// Time that any body has.
const GRACE: Duration = Duration::from_secs(10);
/// Further time for what has arrived: bytes a second that even a slow phone sends.
const SLOWEST: u64 = 16 << 10;

/// Cuts off bodies that arrive too slowly, and answers 408.
pub async fn deadline(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let late = Arc::new(AtomicBool::new(false));
    let payload = Timed {
        inner: req.take_payload(),
        started: Instant::now(),
        received: 0,
        sleep: Box::pin(tokio::time::sleep(GRACE)),
        late: Arc::clone(&late),
    };
    req.set_payload(Payload::Stream {
        payload: Box::pin(payload),
    });
    let response = next.call(req).await?.map_into_boxed_body();
    if !late.load(Ordering::Relaxed) {
        return Ok(response);
    }
    let error = WebError::new(Code::RequestTimeout, msg!("error-request-timeout"));
    Ok(ServiceResponse::from_err(error, response.into_parts().0))
}

/// A body with a deadline that moves on with what arrives.
struct Timed {
    inner: Payload,
    started: Instant,
    received: u64,
    sleep: Pin<Box<Sleep>>,
    late: Arc<AtomicBool>,
}

impl Stream for Timed {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(next) = Pin::new(&mut self.inner).poll_next(context) {
            if let Some(Ok(bytes)) = &next {
                self.received += bytes.len() as u64;
                let until = self.started + GRACE + Duration::from_secs(self.received / SLOWEST);
                self.sleep.as_mut().reset(until);
            }
            return Poll::Ready(next);
        }
        std::task::ready!(self.sleep.as_mut().poll(context));
        self.late.store(true, Ordering::Relaxed);
        let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
        Poll::Ready(Some(Err(PayloadError::Io(late))))
    }
}
