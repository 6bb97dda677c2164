//! Work that may take many seconds and that nobody waits for at the end: whoever signs elsewhere. tokio waits for its own
//! blocking threads when the program ends; a thread of this kind ends with the process.

use tokio::sync::oneshot;

/// Does something on a thread of its own; what it needs is dropped when the system has no thread to give.
pub(super) fn detach(work: impl FnOnce() + Send + 'static) {
    _ = std::thread::Builder::new().name("beside".to_owned()).spawn(work);
}

/// The same, and waits for what comes of it; `None` when the system has no thread, or the work fell over.
pub(super) async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    detach(move || _ = done.send(work()));
    result.await.ok()
}
