//! The writer's thread: the newest frame wins, orders are bounded in time, and nothing is drawn on a terminal that
//! is not ours.

use std::sync::mpsc::{self, Receiver, Sender};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;

/// A terminal that takes a write only when it is told to.
struct Line {
    writes: Sender<Vec<u8>>,
    go: Receiver<std::io::Result<()>>,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.writes.send(bytes.to_vec()).map_err(|_| std::io::ErrorKind::BrokenPipe)?;
        self.go.recv().unwrap_or(Ok(()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Bench {
    screen: Screen,
    writes: Receiver<Vec<u8>>,
    go: Sender<std::io::Result<()>>,
    gone: Receiver<()>,
    runtime: tokio::runtime::Runtime,
}

/// Whether the terminal is entered is known once for the whole process: one test at a time leaves it.
static LEAVING: Mutex<()> = Mutex::new(());
const SOON: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(20);

impl Bench {
    fn new() -> Self {
        let ((writes, written), (go, gone_on), (gone, was_gone)) =
            (mpsc::channel(), mpsc::channel(), mpsc::channel());
        let line = Line { writes, go: gone_on };
        let screen =
            Screen::start(line, Extras::default(), Answer::default(), move || gone.send(()).unwrap())
                .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        Self { screen, writes: written, go, gone: was_gone, runtime }
    }

    /// The next write, which is let through.
    fn next(&self) -> String {
        let bytes = self.writes.recv_timeout(PATIENCE).unwrap();
        self.go.send(Ok(())).unwrap();
        String::from_utf8(bytes).unwrap()
    }
}

fn frame(text: &str) -> Frame {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
    buffer.set_string(0, 0, text, Style::default());
    Frame { buffer, cursor: None, page_end: None, faults: 0 }
}

#[test]
fn frames_that_a_slow_line_could_not_take_are_skipped() {
    let bench = Bench::new();
    bench.screen.begin();
    bench.screen.show(frame("first"));
    // The line is now busy with entering, or will be with the first frame.
    let entered = bench.writes.recv_timeout(PATIENCE).unwrap();
    assert!(entered.starts_with(b"\x1b[?1049h"));
    for number in 0..1000 {
        bench.screen.show(frame(&format!("number {number}")));
    }
    bench.go.send(Ok(())).unwrap();
    let mut drawn = vec![bench.next()];
    while !drawn.last().unwrap().contains("999") {
        drawn.push(bench.next());
    }
    assert!(drawn.len() <= 2, "a thousand frames led to {} writes", drawn.len());
    bench.screen.show(frame("number 999"));
    assert!(bench.writes.recv_timeout(SOON).is_err(), "an unchanged frame was written");
}

#[test]
fn nothing_is_drawn_while_another_program_has_the_terminal() {
    let _alone = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
    let bench = Bench::new();
    bench.screen.show(frame("too early"));
    assert!(bench.writes.recv_timeout(SOON).is_err());
    bench.screen.begin();
    assert!(bench.next().contains("1049h"));
    assert!(bench.next().contains("too early"), "what was posted before is drawn now");
    let Bench { screen, runtime, .. } = &bench;
    std::thread::scope(|scope| {
        let left = scope.spawn(|| runtime.block_on(screen.leave(PATIENCE)));
        assert!(bench.next().contains("1049l"));
        assert!(left.join().unwrap());
    });
    screen.show(frame("meanwhile"));
    assert!(bench.writes.recv_timeout(SOON).is_err());
    screen.begin();
    assert!(bench.next().contains("1049h"));
    assert!(bench.next().contains("\x1b[2J"), "the screen is drawn anew");
}

#[test]
fn a_stuck_line_keeps_nobody_waiting() {
    let bench = Bench::new();
    bench.screen.begin();
    bench.writes.recv_timeout(PATIENCE).unwrap();
    assert!(!bench.runtime.block_on(bench.screen.stop(SOON)), "the line never took anything");
}

#[test]
fn a_dead_line_is_reported_once_and_asked_no_more() {
    let bench = Bench::new();
    bench.screen.begin();
    bench.writes.recv_timeout(PATIENCE).unwrap();
    bench.go.send(Err(std::io::ErrorKind::BrokenPipe.into())).unwrap();
    bench.gone.recv_timeout(PATIENCE).unwrap();
    let started = Instant::now();
    assert!(!bench.runtime.block_on(bench.screen.stop(PATIENCE)));
    assert!(started.elapsed() < PATIENCE, "nobody is left to do it, and that was waited for");
}

#[test]
fn a_sequence_for_the_clipboard_goes_out_between_frames() {
    let bench = Bench::new();
    bench.screen.begin();
    bench.next();
    bench.screen.pass(b"\x1b]52;c;TzE=\x07".to_vec());
    assert_eq!(bench.next(), "\x1b]52;c;TzE=\x07");
}

#[test]
fn a_mouse_that_is_left_to_the_terminal_stays_there_after_a_stay_in_the_shell() {
    let bench = Bench::new();
    bench.screen.begin();
    bench.next();
    bench.screen.pass(b"copy".to_vec());
    bench.screen.mouse(false);
    let mut sent = bench.next();
    if !sent.contains("?1000l") {
        sent.push_str(&bench.next());
    }
    assert!(sent.contains("copy") && sent.contains("\x1b[?1000l"), "neither replaces the other: {sent:?}");
    bench.screen.begin();
    let again = bench.next();
    assert!(again.contains("1049h") && again.contains("\x1b[?1000l"), "{again:?}");
    bench.screen.mouse(true);
    assert!(bench.next().contains("\x1b[?1000h"));
}

#[test]
fn what_was_said_just_before_leaving_is_true_after_coming_back() {
    let _alone = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
    let bench = Bench::new();
    bench.screen.begin();
    // While the line is busy with entering, both and the order to leave come together.
    bench.writes.recv_timeout(PATIENCE).unwrap();
    bench.screen.mouse(false);
    bench.screen.title("docket UAT: 2 due today".to_owned());
    let (done, _nobody_waits) = oneshot::channel();
    bench.screen.post(Order::Leave, done);
    bench.go.send(Ok(())).unwrap();
    assert!(bench.next().contains("1049l"));
    bench.screen.begin();
    let entered = bench.next();
    assert!(entered.contains("\x1b[?1000l"), "the mouse is taken: {entered:?}");
    assert!(entered.contains("\x1b]2;docket UAT: 2 due today\x1b\\"), "the title is lost: {entered:?}");
}

#[test]
fn a_link_that_a_cut_frame_leaves_open_is_ended_by_leaving() {
    let _alone = LEAVING.lock().unwrap_or_else(PoisonError::into_inner);
    let bench = Bench::new();
    bench.screen.begin();
    bench.next();
    let link = Link { x: 0, y: 0, width: 4, target: "https://x/a.PDF".to_owned() };
    bench.screen.show_linked(frame("link"), vec![link]);
    assert!(bench.next().contains("https://x/a.PDF"));
    let (done, _nobody_waits) = oneshot::channel();
    bench.screen.post(Order::Leave, done);
    let left = bench.next();
    assert!(left.starts_with("\x1b]8;;\x1b\\"), "{left:?}");
}

#[test]
fn title_and_bell_go_out_between_frames_and_the_newest_title_wins() {
    let bench = Bench::new();
    bench.screen.begin();
    assert!(bench.next().starts_with("\x1b[?1049h"));
    bench.screen.title("docket UAT: 2 due today".to_owned());
    assert_eq!(bench.next(), "\x1b]2;docket UAT: 2 due today\x1b\\");
    bench.screen.bell();
    assert_eq!(bench.next(), "\x07");
}

#[test]
fn the_title_stands_again_when_the_terminal_is_taken_back() {
    let bench = Bench::new();
    bench.screen.begin();
    bench.next();
    bench.screen.title("docket UAT: 2 due today".to_owned());
    bench.next();
    // As after a stop that nobody could see coming, when the shell may have written its own.
    bench.screen.begin();
    let entered = bench.next();
    assert!(entered.ends_with("\x1b]2;docket UAT: 2 due today\x1b\\"), "{entered:?}");
}

#[test]
fn the_terminal_is_asked_once_what_it_knows() {
    let bench = Bench::new();
    bench.screen.begin();
    assert!(bench.next().ends_with("\x1b[?2026$p"));
    bench.screen.begin();
    assert!(!bench.next().contains("\x1b[?2026$p"));
}
