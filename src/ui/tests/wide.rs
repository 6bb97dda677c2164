//! The same pages where people write Chinese, Thai and emoji: columns stay straight, and no glyph is cut in two.

use crate::domain::reply::{Target, Written};

use super::replies::{drafts, journal, key, with_templates};
use super::*;

const SIZES: [(u16, u16); 4] = [(200, 60), (120, 40), (80, 24), (60, 15)];

/// The morning in the words of a desk in Shanghai with shoppers in Bangkok.
fn wide() -> Vec<Tracked> {
    let mut cases = morning();
    let words: [(&str, &[&str], &str); 6] = [
        ("发卡行来电，先等等\n明天上午回复", &["加急", "已联系"], "王小明"),
        ("ลูกค้าแจ้งว่าได้รับสินค้าแล้ว ✅", &["ด่วน", "vip"], "ana"),
        ("客户说从未收到商品，物流单号 SF1234567890，已请仓库核对", &["待核对"], "李雷"),
        ("เรียบร้อย 🙏 ส่งแล้ว", &["📦", "物流"], "สมชาย"),
        ("보류 – 내일 확인", &["확인"], "김민수"),
        ("👩‍💻 checked, 返品済み", &["返品"], "佐藤"),
    ];
    for (tracked, (note, tags, owner)) in cases.iter_mut().zip(words) {
        tracked.local.note = note.into();
        tracked.local.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        tracked.local.owner = owner.into();
    }
    for (tracked, (order, user)) in cases.iter_mut().zip([
        ("订单P1642410600001", "陈大文"),
        ("P1642410600002", "สมชาย ใจดี"),
        ("P1642410600003", "ＷＩＤＥ１２３"),
        ("注文-0004", "山田👍太郎"),
        ("P1642410600005", "김민수"),
    ]) {
        if let Some(case) = &mut tracked.case {
            case.set(Field::OutTradeNo, Some(order.into()));
            case.set(Field::OutUserId, Some(user.into()));
        }
    }
    cases[1].reason_message = Some("持卡人否认交易（未授权）".to_owned()).into();
    if let Some(case) = cases[3].case.as_mut() {
        case.set(Field::BatchId, Some("B78".into()));
    }
    cases
}

fn script(size: (u16, u16)) -> Script {
    let mut session = with_templates();
    session.templates.push(("已签收".into(), "订单 {outTradeNo} 的包裹已签收，快递回执见附件。".into()));
    session.saved_views = vec![crate::app::model::SavedView {
        title: "加急案件".into(),
        filter: crate::domain::filter::Filter::parse("tag:加急").unwrap(),
        text: "tag:加急".into(),
    }];
    let mut script = Script::of(session, wide());
    script.event(Event::Resized(size.0, size.1));
    tell_history(&mut script);
    script
}

const TEXT: &str =
    "商品已于11月3日送达，收件人本人签收。ลูกค้าลงชื่อรับสินค้าแล้ว 🙏 The courier's receipt is attached.";

fn reply(script: &mut Script) {
    script.keys("r").typed(TEXT).keys("Tab");
    script.event(Event::Paste("https://ev.example/凭证.PDF\nhttps://ev.example/{caseId}.PDF".into()));
}

fn good_reply(script: &mut Script) {
    script.keys("r").typed(TEXT).keys("Tab");
    script.event(Event::Paste("https://ev.example/{caseId}.PDF".into()));
}

type Prepare = fn(&mut Script);

/// Every place that can hold such words.
const PLACES: [(&str, Prepare); 22] = [
    ("desk", |s| _ = s.keys("j j")),
    ("changed", |s| _ = s.keys("2")),
    ("all", |s| _ = s.keys("5 G")),
    ("saved", |s| _ = s.keys("8")),
    ("case_page", |s| _ = s.keys("j Enter")),
    ("case_page_end", |s| _ = s.keys("j Enter G")),
    ("plain", |s| _ = s.keys("j : p l a i n Enter")),
    ("note", |s| _ = s.keys("j j n")),
    ("tags", |s| _ = s.keys("j t").typed(" 加急 📦")),
    ("filter", |s| _ = s.keys("/").typed("物流")),
    ("completion", |s| _ = s.keys("5 /").typed("tag:").keys("Tab Tab")),
    ("order", |s| _ = s.keys("o")),
    ("palette", |s| _ = s.keys(": r")),
    ("journal", |s| _ = s.keys("L")),
    ("reply", reply),
    ("reply_templates", |s| _ = s.keys("r ctrl-t j j j")),
    ("reply_preview", |s| {
        good_reply(s);
        s.keys("ctrl-p");
    }),
    ("reply_confirm", |s| {
        good_reply(s);
        s.keys("ctrl-x");
    }),
    ("reply_confirm_several", |s| {
        s.keys("Space j Space");
        good_reply(s);
        s.keys("ctrl-x");
    }),
    ("drafts", |s| {
        let mut mine = drafts();
        mine[0].targets = vec![Target::Case(key(1))];
        mine[0].written = Written { content: TEXT.into(), files: vec!["https://ev.example/1.PDF".into()] };
        s.event(Event::Drafts(mine)).keys("6");
    }),
    ("actions", |s| {
        let mut actions = journal();
        actions[1].finding.msg = Some("参数错误：representmentFile 无效".into());
        actions[1].intent.operator = "王小明".into();
        s.event(Event::Journal(actions)).keys("7 j");
    }),
    ("refund", |s| {
        s.keys("5 / 0 0 0 0 8 Enter Enter $");
        s.event(Event::RefundsSeen("P1642410600008".into(), Ok(Vec::new())));
        s.typed("99").keys("Tab 1 Tab").typed("商品未收到，全额退款 ขอโทษครับ 🙏");
    }),
];

#[test]
fn every_place_with_wide_words() {
    for size in SIZES {
        for (name, prepare) in PLACES {
            let mut script = script(size);
            prepare(&mut script);
            let (width, height) = size;
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), picture(&script, &DARK));
        }
    }
}

#[test]
fn every_place_in_ascii_and_without_colour() {
    for (name, prepare) in PLACES {
        let mut script = script((80, 24));
        prepare(&mut script);
        let ascii = picture(&script, &Look { ascii: true, colour: false, ..DARK });
        assert!(ascii.is_ascii(), "{name}:\n{ascii}");
        insta::assert_snapshot!(format!("{name}_ascii"), ascii);
        insta::assert_snapshot!(
            format!("{name}_no_color"),
            styles(&frame(&script, &Look { colour: false, ..DARK }).buffer)
        );
    }
}

#[test]
fn no_wide_word_pushes_a_column_aside() {
    for (width, height) in [(200, 60), (120, 40), (100, 30), (80, 24), (60, 15)] {
        for (name, prepare) in PLACES {
            let mut script = script((width, height));
            prepare(&mut script);
            for row in frame(&script, &DARK).buffer.content.chunks(usize::from(width)) {
                let mut covered = 0usize;
                for (x, cell) in row.iter().enumerate() {
                    let columns: usize = super::super::text::graphemes(cell.symbol()).map(|(_, w)| w).sum();
                    if covered > 0 {
                        assert_eq!(
                            cell.symbol(),
                            " ",
                            "{name} at {width}x{height}: half a glyph in column {x}"
                        );
                        covered -= 1;
                    } else {
                        covered = columns.saturating_sub(1);
                    }
                }
                assert_eq!(covered, 0, "{name} at {width}x{height}: a glyph hangs over the edge");
            }
        }
    }
}
