"""Whatever order films with equal bytes come in and wherever they die: one copy is paid for, and nobody waits for ever."""

from types import SimpleNamespace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.fakes import FakeCatalogue, FakeClock, FakeProxies, FakeResults, FakeUploads
from tests.unit.steps.interleaving import FATES, Actor
from trailer.domain.work.executions import Execution
from trailer.domain.work.proxies import ProxyState
from trailer.domain.work.upload import content_id
from trailer.errors import ProxyInWorkError, ServiceBusyError
from trailer.steps.shared_proxy import find_or_claim, judge

KEY = "videos/content/proxy/made-so.mp4"
FILMS = ("film-a", "film-b", "film-c")
PROBE, MAKE, CHECK, DONE, STOPPED = "ProbeVideo", "MakeProxy", "CheckProxy", "done", "stopped"


class ProxyMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.state = dict.fromkeys(FILMS, PROBE)
        self.actors, self.billed, self.found = {}, 0, set()
        uploads = FakeUploads(etags=dict.fromkeys(FILMS, "the same"), unnamed=FILMS[0])
        self.services = SimpleNamespace(
            catalogue=FakeCatalogue(),
            proxies=FakeProxies(),
            results=FakeResults(),
            workflow=SimpleNamespace(execution=self.execution),
            uploads=uploads,
            clock=FakeClock(),
        )
        for film in FILMS:
            source = {"bucket": "films", "key": f"{film}.mkv", "objectVersion": film}
            record = {"executionId": film, "contentId": content_id("the same", 1000), **source}
            self.services.catalogue.update(film, "VIDEO", record)

    def execution(self, film):
        return Execution("RUNNING" if self.state[film] not in (DONE, STOPPED) else "FAILED")

    # What happens.

    @precondition(lambda self: self.ready())
    @rule(n=st.integers(0, 2), calls=st.sampled_from([1, 2, 3, 9]))
    def begin_a_state(self, n, calls):
        film = self.ready()[n % len(self.ready())]
        self.enter(film)
        for _ in range(calls):
            self.actors[film].proceed()
        self.reap(film)

    @precondition(lambda self: self.actors)
    @rule(n=st.integers(0, 2), calls=st.sampled_from([0, 1, 9]), fate=st.sampled_from(FATES))
    def proceed(self, n, calls, fate):
        film = sorted(self.actors)[n % len(self.actors)]
        for _ in range(calls):
            self.actors[film].proceed()
        self.actors[film].proceed(fate)
        self.reap(film)

    @precondition(lambda self: self.making())
    @rule(told=st.booleans())
    def complete(self, told):
        """MediaConvert is done; the state machine hears of it now, or not before it is stopped."""
        (film,) = self.making()
        if film not in self.found:
            self.billed += 1
            self.services.results.put_text(KEY, "a copy", "video/mp4")
            self.found.add(film)
        if told:
            self.state[film] = CHECK

    @rule(really=st.sampled_from([True, False, False]))
    def stop(self, really):
        """Somebody stops the execution; a function of it goes on to its end, and its job is cancelled."""
        for film in self.making() if really else ():
            self.state[film] = STOPPED

    # How it happens.

    def ready(self):
        return [film for film in FILMS if film not in self.actors and self.state[film] in (PROBE, CHECK)]

    def making(self):
        return [film for film, state in self.state.items() if state == MAKE]

    def enter(self, film):
        step = self.probe if self.state[film] == PROBE else self.check
        self.actors[film] = Actor(film, lambda services: step(film, services), self.services)

    def probe(self, film, services):
        there = find_or_claim(services.catalogue.get(film, "VIDEO"), KEY, services)
        if self.state[film] == PROBE:
            self.state[film] = CHECK if there else MAKE

    def check(self, film, services):
        claim = services.proxies.get(KEY)
        assert claim is not None
        if claim.video_id == film or claim.state is not ProxyState.WHOLE:
            judge(claim, services)
        if self.state[film] == CHECK:
            self.state[film] = DONE

    def reap(self, film):
        actor = self.actors[film]
        if actor.over:
            del self.actors[film]
            assert not isinstance(actor.error, Exception) or isinstance(
                actor.error, ProxyInWorkError | ServiceBusyError
            ), actor.error

    @invariant()
    def one_copy_is_paid_for(self):
        assert getattr(self, "billed", 0) <= 1

    @invariant()
    def one_film_makes_it(self):
        assert not hasattr(self, "state") or len(self.making()) <= 1

    def teardown(self):
        if not hasattr(self, "services"):
            return
        self.finish_all()
        for _ in FILMS * 3:
            for film in self.ready():
                self.enter(film)
            self.finish_all()
            if self.making():
                self.complete(told=True)
        assert set(self.state.values()) <= {DONE, STOPPED}, "a film waits for ever"
        self.one_copy_is_paid_for()

    def finish_all(self):
        for film in list(self.actors):
            self.actors[film].finish()
            self.reap(film)


TestProxies = ProxyMachine.TestCase
TestProxies.settings = settings(
    max_examples=200, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
