"""In charge of sorting a mail's files into cases: which forms are copies of one, which work or video goes with which form.

Pure: placed parts in, drafts of cases out. Merging with cases on record is `merging`'s.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from daemon.roles import Placed
from domain.facts import FormFields
from domain.kinds import Role, Track
from domain.mail import Link
from domain.notice import Notice
from domain.text import fold
from validators.likeness import same_case

_COPIES = 0.65  #: likeness of two forms that are copies of one; cases of one unit share contact and phone, about 0.5
_VIDEO_NAMES = (".mp4", ".mov", ".avi", ".mpg", ".mpeg", ".mkv", ".wmv", ".flv", ".m4v")
_DOCUMENT_NAMES = (".zip", ".rar", ".7z", ".doc", ".docx", ".pdf", ".wps")


@dataclass
class Draft:
    """A case in the making."""

    track: Track
    placed: list[Placed] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def form(self) -> FormFields | None:
        """The form that counts: the Word one, else another's."""
        forms = [item.form for role in (Role.WORD_FORM, Role.PDF_FORM, Role.IMAGE_FORM) for item in self.of(role)]
        forms += [item.form for item in self.placed]
        return next((form for form in forms if form), None)

    @property
    def title(self) -> str:
        return fold((self.form.title or "") if self.form else "")

    def of(self, role: Role) -> list[Placed]:
        return [item for item in self.placed if item.role is role]

    def has_scan(self) -> bool:
        return bool(self.of(Role.PDF_FORM) or self.of(Role.IMAGE_FORM))


def assemble(placed: Iterable[Placed], links: Iterable[Link], notice: Notice) -> list[Draft]:
    """Return the drafts of all cases in a mail, in the order their forms came."""
    items = list(placed)
    drafts: list[Draft] = []
    for role in (Role.WORD_FORM, Role.PDF_FORM, Role.OTHER, Role.IMAGE_FORM):
        _add_forms([item for item in items if item.role is role and item.form], role, drafts, notice)
    for role in (Role.WORD_FORM, Role.PDF_FORM, Role.IMAGE_FORM):
        _add_unread([item for item in items if item.role is role and not item.form], role, drafts, notice)
    _add_texts([item for item in items if item.role is Role.TEXT_WORK], drafts, notice)
    _add_videos([item for item in items if item.role is Role.VIDEO], drafts, notice)
    _add_links(list(links), drafts, notice)
    for image in (item for item in items if item.role is Role.IMAGE):
        _add_picture(image, drafts)
    for draft in drafts:
        _put_work_last(draft)
    return drafts


def track_of(form: FormFields, notice: Notice) -> Track:
    """Return the track that a form's annex is for."""
    template = notice.form(form.annex) if form.annex else None
    return Track(template.track) if template else notice.track(Track.TEXT)


def _add_forms(items: list[Placed], role: Role, drafts: list[Draft], notice: Notice) -> None:
    """Give each form to the draft it is a copy of, surest pairs first; a form of its own opens a draft."""
    rest = list(items)
    while pair := _likest(rest, [d for d in drafts if d.form and _lacks(d, role)], notice):
        score, item, draft = pair
        if score < _COPIES and not _only_each_other(rest, drafts, role):
            break
        draft.placed.append(item)
        rest.remove(item)
    for item in rest:
        if holder := _held_already(item, role, drafts):
            holder.placed.append(item)
        else:
            assert item.form
            drafts.append(Draft(track_of(item.form, notice), [item]))


def _only_each_other(items: list[Placed], drafts: list[Draft], role: Role) -> bool:
    """Tell whether one copy and one draft of the same annex are left: then they were meant as a pair, alike or not."""
    lacking = [d for d in drafts if d.form and _lacks(d, role)]
    if len(items) != 1 or len(lacking) != 1:
        return False
    annexes = {form.annex for form in (items[0].form, lacking[0].form) if form and form.annex}
    return len(annexes) < 2


def _held_already(item: Placed, role: Role, drafts: list[Draft]) -> Draft | None:
    """Return the draft that has this copy in another file: .doc beside .docx, or the next page of a photographed form."""
    form = item.form
    assert form
    having = [d for d in drafts if d.form and d.of(role)]
    if role is Role.IMAGE_FORM and not form.title:
        return having[0] if having else None
    alike = [d for d in having if d.form and form.title and same_case(form, d.form) >= 0.9]
    return alike[0] if alike else None


def _likest(items: list[Placed], drafts: list[Draft], notice: Notice) -> tuple[float, Placed, Draft] | None:
    pairs = [(_likeness(item, draft, notice), item, draft) for item in items for draft in drafts]
    return max(pairs, key=lambda pair: pair[0]) if pairs else None


def _likeness(item: Placed, draft: Draft, notice: Notice) -> float:
    assert item.form and draft.form
    score = same_case(item.form, draft.form)
    other_annex = item.form.annex and draft.form.annex and item.form.annex != draft.form.annex
    return score * (0.6 if other_annex else 1.0) + (0.05 if _together(item, draft) else 0.0)


def _lacks(draft: Draft, role: Role) -> bool:
    if role in (Role.PDF_FORM, Role.IMAGE_FORM):
        return not draft.has_scan()
    return not draft.of(role)


def _add_unread(items: list[Placed], role: Role, drafts: list[Draft], notice: Notice) -> None:
    """Give each form nobody could read to the draft that lacks one: by name, by folder, by order."""
    for item in items:
        lacking = [d for d in drafts if _lacks(d, role)]
        pages = [d for d in drafts if role is Role.IMAGE_FORM and d.of(role)]
        if draft := _nearest(item, lacking) or _nearest(item, pages) or _nearest(item, drafts):
            draft.placed.append(item)
        else:
            drafts.append(Draft(notice.track(Track.TEXT), [item]))


def _add_videos(items: list[Placed], drafts: list[Draft], notice: Notice) -> None:
    track = notice.track(Track.VIDEO)
    for item in items:
        lacking = [d for d in drafts if d.track is Track.VIDEO and not d.of(Role.VIDEO)]
        if draft := _nearest(item, lacking) or _on_the_wrong_form(drafts, items):
            draft.track = track
            draft.placed.append(item)
        elif formless := [d for d in drafts if not d.form]:
            formless[0].track = track
            formless[0].placed.append(item)
        elif draft := _nearest(item, drafts):
            draft.placed.append(item)  # beside a text: it illustrates
        else:
            drafts.append(Draft(track, [item]))


def _on_the_wrong_form(drafts: list[Draft], videos: list[Placed]) -> Draft | None:
    """Return the one draft whose form is the text one while all that came with it is a video (附件2 was meant)."""
    single = len(drafts) == 1 and len(videos) == 1 and drafts[0].track is Track.TEXT
    return drafts[0] if single and drafts[0].form and not drafts[0].of(Role.TEXT_WORK) else None


def _add_texts(items: list[Placed], drafts: list[Draft], notice: Notice) -> None:
    texts = [d for d in drafts if d.track is Track.TEXT]
    for item in items:
        free = [d for d in texts if not d.of(Role.TEXT_WORK)]
        if draft := _nearest(item, free) or _nearest(item, texts) or _nearest(item, drafts):
            draft.placed.append(item)
        else:
            draft = Draft(notice.track(Track.TEXT), [item])
            drafts.append(draft)
            texts.append(draft)


def _add_links(links: list[Link], drafts: list[Draft], notice: Notice) -> None:
    for link in links:
        lacking = [d for d in drafts if d.track is Track.VIDEO and not d.of(Role.VIDEO) and not d.links]
        videos = [d for d in drafts if d.track is Track.VIDEO]
        draft = _by_title(link.name or "", lacking or videos) or next(iter(lacking or videos or drafts), None)
        if draft is None:
            likely = Track.TEXT if may_hold_documents(link) and link.name else Track.VIDEO
            draft = Draft(notice.track(likely))
            drafts.append(draft)
        draft.links.append(link)


def may_hold_documents(link: Link) -> bool:
    """Tell whether what seems missing may lie behind a link: it is an archive or document, or its name is not told."""
    name = (link.name or "").lower().strip()
    return not name or name.endswith(_DOCUMENT_NAMES) or not name.endswith(_VIDEO_NAMES)


def _put_work_last(draft: Draft) -> None:
    """Put the text that bears the draft's title last: of several, the last one counts."""
    title = draft.title

    def is_work(item: Placed) -> bool:
        return item.role is Role.TEXT_WORK and (title in fold(item.facts.text[:300]) or _titles_meet(title, item.name))

    if title:
        draft.placed = sorted(draft.placed, key=is_work)


def _add_picture(item: Placed, drafts: list[Draft]) -> None:
    if draft := _nearest(item, drafts):
        draft.placed.append(item)


def _nearest(item: Placed, drafts: list[Draft]) -> Draft | None:
    """Return the draft a file without a form of its own goes with, or None where there is no draft."""
    tests: tuple[Callable[[Draft], bool], ...] = (
        lambda draft: bool(draft.title) and draft.title in fold(item.facts.text[:300]),
        lambda draft: _titles_meet(draft.title, item.name),
        lambda draft: _together(item, draft),
    )
    for test in tests:
        fitting = [draft for draft in drafts if test(draft)]
        if len(fitting) == 1:
            return fitting[0]
    return drafts[0] if drafts else None


def _by_title(name: str, drafts: list[Draft]) -> Draft | None:
    return next((draft for draft in drafts if _titles_meet(draft.title, fold(name))), None)


def _titles_meet(title: str, name: str) -> bool:
    return len(title) >= 4 and len(name) >= 4 and (title in name or fuzz.partial_ratio(title, name) >= 80)


def _together(item: Placed, draft: Draft) -> bool:
    """Tell whether a file lies in the same folder of an archive as a draft's form; the mail itself is no folder."""
    return bool(item.folder) and any(item.folder == other.folder for other in draft.placed)
