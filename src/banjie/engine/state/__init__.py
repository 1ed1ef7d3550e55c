"""What we remember of a case: its history folded, and nothing that the history does not say.

`evolve` never refuses (the event has happened), looks nothing up and knows no clock: replaying the same facts gives the
same state for ever. Derived questions that need the law (when is it due? who may act?) stand in `clocks` and `decide`.

Read `shape` (what is remembered), then `folding` (how each fact changes it).
"""

from banjie.engine.state.folding import EX_OFFICIO as EX_OFFICIO
from banjie.engine.state.folding import after as after
from banjie.engine.state.folding import evolve as evolve
from banjie.engine.state.folding import fold as fold
from banjie.engine.state.shape import BROKEN as BROKEN
from banjie.engine.state.shape import KEPT as KEPT
from banjie.engine.state.shape import KEPT_WORD as KEPT_WORD
from banjie.engine.state.shape import NEW as NEW
from banjie.engine.state.shape import NOT_COUNTED as NOT_COUNTED
from banjie.engine.state.shape import SEEN as SEEN
from banjie.engine.state.shape import UNDER_EXAMINATION as UNDER_EXAMINATION
from banjie.engine.state.shape import Act as Act
from banjie.engine.state.shape import Complaint as Complaint
from banjie.engine.state.shape import GapState as GapState
from banjie.engine.state.shape import Original as Original
from banjie.engine.state.shape import PauseState as PauseState
from banjie.engine.state.shape import Slip as Slip
from banjie.engine.state.shape import Stage as Stage
from banjie.engine.state.shape import State as State
from banjie.engine.state.shape import StepState as StepState
from banjie.engine.state.shape import Verification as Verification
from banjie.engine.state.shape import changed as changed
