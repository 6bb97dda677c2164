//! What the desk minds beside its picture: the config that may be saved while it is open, the title and the bell of the
//! terminal, and what was looked at, from one desk to the next.

use std::path::PathBuf;

use crate::app::event::Event;
use crate::app::model::Model;
use crate::app::outlook::Outlook;
use crate::runtime::screen::Screen;
use crate::runtime::session::Session;
use crate::runtime::terminal::Extras;
use crate::runtime::watch::Watch;
use crate::runtime::{locale, outlook, start};
use crate::store::config;
use crate::ui::{Link, Look, Marks, Theme};

use super::DeskOptions;

/// The session as it was opened, and what follows from its config.
pub(super) struct Around {
    session: Session,
    options: DeskOptions,
    config: Watch,
    /// Where what is looked at is kept for the next time.
    outlook_file: PathBuf,
    /// Whether copies go to the terminal, and whether it rings when cases move; as the config says by now.
    copies: bool,
    rings: bool,
    /// Whether the mouse is left to the terminal, as of the last picture.
    mouse_left: bool,
    /// Where what stands, as of the last picture.
    marks: Marks,
    /// The title of the window, and how often cases had moved, as of the last picture.
    title: String,
    moves: usize,
}

impl Around {
    pub(super) fn of(session: &Session, options: DeskOptions) -> Self {
        Self {
            options,
            config: Watch::of(session.config.path.clone()),
            outlook_file: outlook::file(&session.paths.data_dir, &session.name),
            copies: session.config.desk.clipboard,
            rings: session.config.desk.bell,
            mouse_left: false,
            marks: Marks::default(),
            title: String::new(),
            moves: 0,
            session: session.clone(),
        }
    }

    /// Looks where it was looked the last time.
    pub(super) fn recall(&self, model: &mut Model) {
        if let Some(outlook) = outlook::read(&self.outlook_file) {
            model.look_again(&outlook);
        }
    }

    /// Keeps what is looked at for the next time, where that can be done.
    pub(super) fn keep(&self, model: &Model) {
        if let Err(error) = outlook::write(&self.outlook_file, Outlook::of(model)) {
            tracing::info!(code = %error.kind(), "what was looked at is not kept for the next time");
        }
    }

    /// What is taken of the terminal besides its screen.
    pub(super) fn extras(&self) -> Extras {
        let desk = &self.session.config.desk;
        Extras { mouse: desk.mouse, title: desk.title }
    }

    /// Whether a copy may be sent to the terminal.
    pub(super) const fn copies(&self) -> bool {
        self.copies
    }

    /// Keeps in mind where what stands, and gives the links for the terminal.
    pub(super) fn marked(&mut self, marks: Marks) -> Vec<Link> {
        let links = marks.links.clone();
        self.marks = marks;
        links
    }

    /// A click on a tab is one on its number.
    pub(super) fn clicked(&self, event: Event) -> Event {
        match event {
            Event::Clicked(x, y) => self.marks.tab_at(x, y).map_or(Event::Clicked(x, y), Event::ClickedTab),
            other => other,
        }
    }

    /// How everything looks.
    pub(super) fn look(&self) -> Look {
        self.look_of(&self.session.config.desk)
    }

    fn look_of(&self, desk: &config::Desk) -> Look {
        let var = |name: &str| std::env::var(name).ok();
        Look {
            // The config knows the same names as the screen.
            theme: Theme::named(desk.theme.word()).unwrap_or_else(Theme::dark),
            ascii: self.options.ascii || desk.ascii || !locale::is_utf8(var),
            colour: locale::wants_colour(self.options.no_color, var),
            links: desk.links,
        }
    }

    /// Waits until the config has been saved.
    pub(super) async fn config_saved(&mut self) {
        self.config.changed().await;
    }

    /// Reads the config that was saved; the look changes with it.
    pub(super) fn read_config(&mut self, look: &mut Look) -> Event {
        match start::read_again(&self.session) {
            Ok((settings, desk)) => {
                *look = self.look_of(&desk);
                (self.copies, self.rings) = (desk.clipboard, desk.bell);
                Event::Reloaded(Ok(settings))
            }
            Err(error) => Event::Reloaded(Err(error.to_string())),
        }
    }

    /// Tells somebody who looks elsewhere: by the title of the window and, when cases moved, by the bell. Each only where
    /// the config asks for it. The mouse is given to the terminal where there is something to select.
    pub(super) fn attract(&mut self, model: &Model, screen: &Screen) {
        let desk = &self.session.config.desk;
        if desk.mouse && self.mouse_left != model.leaves_mouse_alone() {
            self.mouse_left = !self.mouse_left;
            screen.mouse(!self.mouse_left);
        }
        let moves = model.book.moves();
        if self.rings && self.moves < moves {
            screen.bell();
        }
        self.moves = moves;
        let title = model.title();
        if desk.title && self.title != title {
            screen.title(title.clone());
            self.title = title;
        }
    }
}
