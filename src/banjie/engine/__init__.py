"""The law, executable: given what has happened to this case, and this request, what follows?

Pure: no Django, no clock, no input or output, no randomness that is not handed in. Four functions are the whole
engine as others see it, and worker, faces and simulator drive cases only through them:

    evolve(state, event) -> State              never refuses: the event has happened
    decide(state, command, law) -> list[Event] or raises NotPossible
    possible(state, actor, law, at) -> list[Offer]
    timers(state, law) -> list[(datetime, Command)]   what happens if nobody acts

Read it in this order: `events` (what can happen to a case at all), `state` (what we remember of it), `commands`
(who may ask for what), `decide` (what follows, or why not), `timelimits` and `calendar` (how days count), `clocks`
(which limits run in a case), `law` (what is handed in), `rules` (when a material, step or question applies),
`standard` (what a step checks, and what follows),
`steps` (one file a kind of step), `window` (visits, originals, papers), `taking_back` (a misclick), `voices`
(complaints, notes), `measures` (what is counted),
`not_possible` (the program's own "no"), `codec` (facts as bytes).
"""
