//! Which columns stand in the table at which width, with and without wishes.

use proptest::prelude::*;

use super::*;

const NONE: Widths = Widths::NONE;

const MEASURES: Measures = Measures {
    id: 27,
    id_least: 13,
    whole: 8,
    fraction: 3,
    amount: 14,
    currency: 3,
    status: 15,
    result: 3,
    order: 14,
    order_least: 13,
    user: 8,
    words: 11,
};

#[test]
fn columns_go_in_one_order_and_due_and_id_stay() {
    for tab in View::ALL.map(Tab::Cases) {
        let mut before: Vec<Column> = Column::ALL.to_vec();
        for width in (0..=220).rev() {
            let now: Vec<Column> = plan(tab, &[], &MEASURES, &NONE, width).iter().map(|p| p.column).collect();
            assert!(now.iter().all(|column| before.contains(column)), "{tab:?} at {width}: {now:?}");
            assert!(now.contains(&Column::Due) && now.contains(&Column::Id), "{tab:?} at {width}");
            before = now;
        }
    }
}

#[test]
fn what_is_planned_fits() {
    for tab in View::ALL.map(Tab::Cases) {
        for width in 60..=220 {
            let last = plan(tab, &[], &MEASURES, &NONE, width).pop().unwrap();
            assert!(last.x + last.width <= width, "{tab:?} at {width}: {last:?}");
        }
    }
}

#[test]
fn at_sixty_columns_the_money_still_stands_beside_the_whole_id() {
    let columns = plan(Tab::Cases(View::Due), &[], &MEASURES, &NONE, 60);
    assert!(columns.iter().any(|p| p.column == Column::Amount));
    assert!(columns.iter().any(|p| p.column == Column::Id && p.width == 27));
}

#[test]
fn what_is_closed_shows_how_it_ended_at_every_width() {
    for width in 60..=220 {
        let has = |tab, column| plan(tab, &[], &MEASURES, &NONE, width).iter().any(|p| p.column == column);
        assert!(has(Tab::Cases(View::Closed), Column::Result), "at {width}");
        // Beside a detail pane the table has 72 columns.
        assert!(width < 72 || has(Tab::Cases(View::Closed), Column::Amount), "at {width}");
        assert!(width < 72 || has(Tab::Cases(View::All), Column::Result), "at {width}");
    }
}

#[test]
fn own_columns_stand_in_their_order_and_the_last_ones_go_first() {
    use Column::{Amount, Due, Id, Order, Status, Urgency, User};
    let own = [Order, Id, Status, Due, User, Urgency, Amount];
    let at = |width| -> Vec<Column> {
        plan(Tab::Cases(View::Due), &own, &MEASURES, &NONE, width)
            .iter()
            .map(|placed| placed.column)
            .collect()
    };
    assert_eq!(at(220), own);
    let whole = (60..220).find(|&width| at(width) == own).unwrap();
    assert_eq!(at(whole - 12), [Order, Id, Status, Due, User, Urgency], "the amount goes first");
    assert_eq!(at(60), [Order, Id, Due, Urgency], "of the urgency its sign is left");
    for width in 60..=220 {
        let placed = plan(Tab::Cases(View::Due), &own, &MEASURES, &NONE, width);
        let last = placed.last().unwrap();
        assert!(last.x + last.width <= width, "at {width}: {last:?}");
        assert!(placed.iter().any(|p| p.column == Due) && placed.iter().any(|p| p.column == Id));
    }
    let bare = plan(Tab::Cases(View::Due), &[Order], &MEASURES, &NONE, 120);
    assert_eq!(bare.iter().map(|placed| placed.column).collect::<Vec<_>>(), [Due, Id, Order]);
}

/// What the operator asked for, in a table of this width.
fn at(tab: Tab, own: &[Column], measures: &Measures, wishes: &[(Column, u16)], width: u16) -> Vec<Placed> {
    let mut widths = NONE;
    for (column, width) in wishes {
        widths.ask(*column, Some(*width));
    }
    plan(tab, own, measures, &widths, width)
}

fn width_of(placed: &[Placed], column: Column) -> Option<u16> {
    placed.iter().find(|placed| placed.column == column).map(|placed| placed.width)
}

const DUE: Tab = Tab::Cases(View::Due);

#[test]
fn a_wish_is_followed_and_the_last_columns_make_room() {
    let columns = |wishes: &[(Column, u16)]| at(DUE, &[], &MEASURES, wishes, 90);
    let (own, wished) = (columns(&[]), columns(&[(Column::Id, 15)]));
    assert_eq!((width_of(&own, Column::Id), width_of(&wished, Column::Id)), (Some(27), Some(15)));
    assert!(wished.len() > own.len(), "what it gave up is another column's");
    let wide = Measures { order: 60, ..MEASURES };
    let wished = at(DUE, &[], &wide, &[(Column::Order, 60)], 110);
    assert_eq!(width_of(&wished, Column::Data), None, "the last ones go first");
    assert_eq!(
        wished.iter().map(|placed| placed.x + placed.width).max(),
        Some(110),
        "as far as there is room"
    );
    assert!([Column::Amount, Column::Urgency, Column::Words].iter().all(|c| width_of(&wished, *c).is_some()));
}

#[test]
fn a_wish_changes_nothing_that_must_not_be_cut() {
    use Column::{Amount, Data, Due, Id, Urgency};
    let narrow = [(Amount, 6), (Due, 3), (Data, 2), (Urgency, 5), (Id, 1)];
    let placed = at(DUE, &[], &MEASURES, &narrow, 200);
    assert_eq!(width_of(&placed, Amount), Some(14), "the widest amount with its currency");
    assert_eq!((width_of(&placed, Due), width_of(&placed, Data)), (Some(10), Some(8)));
    assert_eq!(width_of(&placed, Urgency), Some(2), "its sign");
    assert_eq!(width_of(&placed, Id), Some(13));
    let alike = Measures { id_least: 27, ..MEASURES };
    assert_eq!(width_of(&at(DUE, &[], &alike, &narrow, 200), Id), Some(27));
    let wide = Column::ALL.map(|column| (column, WIDEST));
    let placed = at(DUE, &[], &MEASURES, &wide, 200);
    assert_eq!(width_of(&placed, Id), Some(27), "no wider than what stands in it");
    assert_eq!(width_of(&placed, Amount), Some(15));
}

#[test]
fn identifiers_that_would_look_the_same_are_not_shortened() {
    let ids = ["O2026110306554591643710", "O2026110306559991643710"];
    assert_eq!(least(Some(15), 23, || ids.into_iter()), 23);
    assert_eq!(least(Some(15), 23, || ids.into_iter().take(1)), 13);
    assert_eq!(least(Some(15), 23, || [ids[0], ids[0]].into_iter()), 13, "one order of two cases");
    assert_eq!(least(Some(22), 23, || ids.into_iter()), 13);
    assert_eq!(least(Some(15), 23, || ["O2026", ids[0]].into_iter()), 13);
    assert_eq!(least(Some(15), 23, || ["O2\u{430}26", ids[0]].into_iter()), 23);
    assert_eq!(least(None, 23, || ids.into_iter()), 13);
}

fn any_measures() -> impl Strategy<Value = Measures> {
    let money = (1usize..14, 0usize..5, 1usize..4);
    let rest = (0usize..34, 0usize..20, 0usize..65, 0usize..70, 0usize..70);
    (1usize..65, any::<[bool; 2]>(), money, rest).prop_map(
        |(id, alike, (whole, fraction, currency), (status, result, order, user, words))| Measures {
            id,
            id_least: if alike[0] { id } else { id.min(ID_LEAST) },
            whole,
            fraction,
            amount: whole + fraction + 1 + currency,
            currency,
            status,
            result,
            order,
            order_least: if alike[1] { order } else { order.min(ID_LEAST) },
            user,
            words,
        },
    )
}

fn any_wishes() -> impl Strategy<Value = Vec<(Column, u16)>> {
    let width = prop_oneof![4 => 0u16..80, 1 => any::<u16>()];
    prop::collection::vec((prop::sample::select(Column::ALL.to_vec()), width), 0..8)
}

fn any_tab() -> impl Strategy<Value = Tab> {
    prop::sample::select(View::ALL.map(Tab::Cases).into_iter().chain([Tab::Saved(0)]).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn whatever_is_wished_for_the_table_is_whole(
        tab in any_tab(),
        own in prop::collection::vec(prop::sample::select(Column::ALL.to_vec()), 0..6),
        measures in any_measures(),
        wishes in any_wishes(),
        width in 60u16..=220,
    ) {
        let own: Vec<Column> = Column::ALL.into_iter().filter(|column| own.contains(column)).collect();
        let placed = at(tab, &own, &measures, &wishes, width);
        let mut free = SIGNS_WIDTH;
        for one in &placed {
            prop_assert!(one.x >= free, "{:?} overlap", placed);
            free = one.x + one.width + 1;
        }
        prop_assert!(free <= width + 1, "{:?} is wider than {}", placed, width);
        prop_assert!(Column::KEPT.iter().all(|kept| width_of(&placed, *kept).is_some()));
        prop_assert_eq!(width_of(&placed, Column::Due), Some(10));
        if let Some(amount) = width_of(&placed, Column::Amount) {
            prop_assert!(usize::from(amount) >= measures.amount, "{} of {}", amount, measures.amount);
        }
        let narrower = at(tab, &own, &measures, &wishes, width - 1);
        let stays = |one: &Placed| width_of(&placed, one.column).is_some();
        prop_assert!(narrower.iter().all(stays), "{:?} has more than {:?}", narrower, placed);
    }
}
