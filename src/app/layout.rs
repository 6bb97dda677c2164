//! Where things stand on a terminal of a given size: numbers only, so that core and screen agree on them.
//!
//! What gives way first, in this order: the detail pane, the strip of days, the line of money at risk. Tabs,
//! table, notice line and footer always stay. Under 60 by 15 the screen says that it is too small.

/// The smallest terminal the desk works in.
pub const MIN_WIDTH: u16 = 60;
/// The smallest terminal the desk works in.
pub const MIN_HEIGHT: u16 = 15;
/// From this width on the detail pane stands beside the table; from [`BELOW_WIDTH`] on, below it.
const BESIDE_WIDTH: u16 = 110;
const BELOW_WIDTH: u16 = 80;
/// Height from which there is room for the strip, and for a detail pane below the table.
const STRIP_HEIGHT: u16 = 20;
const BELOW_HEIGHT: u16 = 22;
/// Rows of a detail pane below the table, its rule included.
const BELOW_ROWS: u16 = 8;

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// The parts of the desk; a part without room has no rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Profile, environment, counts, money at risk.
    pub header: Area,
    /// The next fourteen days.
    pub strip: Area,
    /// The tabs.
    pub tabs: Area,
    /// The table, its line of column titles included.
    pub table: Area,
    /// The fields of the case under the cursor, its border or rule included.
    pub detail: Area,
    /// The line for notices and one-line prompts.
    pub notice: Area,
    /// The keys that work here.
    pub footer: Area,
}

impl Layout {
    /// The parts for a terminal of this size; `None` when it is too small.
    pub fn of(width: u16, height: u16) -> Option<Self> {
        if width < MIN_WIDTH || height < MIN_HEIGHT {
            return None;
        }
        let header_rows = if height < 18 { 1 } else { 2 };
        let strip_rows = if height < STRIP_HEIGHT { 0 } else { 2 };
        let row = |y, rows| Area { x: 0, y, width, height: rows };
        let header = row(0, header_rows);
        let strip = row(header_rows, strip_rows);
        let tabs = row(header_rows + strip_rows, 1);
        let top = header_rows + strip_rows + 1;
        let body = Area { x: 0, y: top, width, height: height - top - 2 };
        let (table, detail) = split(body, height);
        Some(Self {
            header,
            strip,
            tabs,
            table,
            detail,
            notice: row(height - 2, 1),
            footer: row(height - 1, 1),
        })
    }

    /// Rows of cases and headings the table can show, its line of titles not counted.
    pub fn table_rows(&self) -> usize {
        usize::from(self.table.height.saturating_sub(1))
    }

    /// Whether there is a detail pane at all.
    pub fn has_detail(&self) -> bool {
        self.detail.height > 0
    }
}

/// Table and detail pane of the body.
fn split(body: Area, height: u16) -> (Area, Area) {
    if body.width >= BESIDE_WIDTH {
        let width = (body.width * 2 / 5).min(64);
        let table = Area { width: body.width - width, ..body };
        return (table, Area { x: body.x + table.width, width, ..body });
    }
    if body.width >= BELOW_WIDTH && height >= BELOW_HEIGHT {
        let table = Area { height: body.height - BELOW_ROWS, ..body };
        return (table, Area { y: body.y + table.height, height: BELOW_ROWS, ..body });
    }
    (body, Area::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fill_the_screen_without_overlap_at_every_size() {
        for width in 0..220 {
            for height in 0..80 {
                let Some(layout) = Layout::of(width, height) else {
                    assert!(width < MIN_WIDTH || height < MIN_HEIGHT);
                    continue;
                };
                let parts = [
                    layout.header,
                    layout.strip,
                    layout.tabs,
                    layout.table,
                    layout.detail,
                    layout.notice,
                    layout.footer,
                ];
                let cells: u32 = parts.iter().map(|a| u32::from(a.width) * u32::from(a.height)).sum();
                assert_eq!(cells, u32::from(width) * u32::from(height), "{width}x{height}");
                assert!(layout.table_rows() >= 4, "{width}x{height} leaves {} rows", layout.table_rows());
            }
        }
    }

    #[test]
    fn the_detail_pane_gives_way_first() {
        assert!(Layout::of(120, 40).is_some_and(|l| l.has_detail()));
        assert!(Layout::of(80, 24).is_some_and(|l| l.has_detail()));
        assert!(Layout::of(79, 24).is_some_and(|l| !l.has_detail()));
        assert!(Layout::of(60, 15).is_some_and(|l| !l.has_detail() && l.strip.height == 0));
        assert!(Layout::of(59, 15).is_none());
    }
}
