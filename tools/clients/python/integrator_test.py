"""Plays an integrator: a front system's day with a server, its broken connections among it."""

import random
import unittest

from server_under_test import ServerTest, here

from paceline_client import Batch, Code, Disconnected, ErrorCode, ServerError, TooOld
from paceline_client.frame import schema


def kinds(*names):
    """The bits of Subscribe.kinds."""
    numbers = schema("EventKind").EventKind
    return sum(1 << getattr(numbers, name) for name in names)


class Work(ServerTest):
    def test_welcome_tells_the_bounds_and_who_one_is(self):
        welcome = self.client.welcome
        self.assertEqual(welcome.protocol_version, 3)
        self.assertEqual(welcome.roles, 3, "work and administrator: the server's own user")
        self.assertEqual(welcome.clock_mode, schema("ClockMode").ClockMode.wall)
        self.assertEqual(welcome.durability, schema("Durability").Durability.sync)
        self.assertGreaterEqual(welcome.in_flight_commands_max, 1000)

    def test_a_batch_is_answered_in_its_order_and_moves_the_work_on(self):
        replies = self.desk.run(
            self.opens("INC1", "INC2", category="network", body="the line is down")
            .add("message", external_id="INC1", author_kind=1, is_public=1)
            .add("resolve", external_id="INC1", code="solved")
            .add("update", external_id="INC2", vip=1, category="vpn", body="since nine"))
        self.assertEqual([reply.code for reply in replies], [Code.none] * 5)
        first, second = self.ticket("INC1"), self.ticket("INC2")
        states = schema("State").State
        self.assertEqual((first.state, first.agent), (states.resolved, "linus"))
        self.assertEqual((second.state, second.agent), (states.assigned, "linus"))
        self.assertEqual((second.vip, second.category, second.body), (1, "vpn", "since nine"))
        self.assertEqual(replies[3].next_ticket, second.id, "who was set free has the next one")
        self.assertEqual(replies[4].version, second.version)

    def test_every_verb_finds_its_texts_in_order(self):
        replies = self.desk.run(
            self.opens("INC1", "INC2", "INC3")
            .add("define_queue", name="server", group="server", need="linux >= 2",
                 weight_milli=1000, tier=2)
            .add("define_agent", name="ada", groups="server,network", skills="linux:6,vpn:4",
                 capacity_milli=2000)
            .add("requeue", external_id="INC2", queue="server", reason="not ours")
            .add("log_in", agent="ada")
            .add("pend", external_id="INC1", reason="awaiting_requester")
            .add("resume", external_id="INC1")
            .add("merge", external_id="INC3", into_external_id="INC1")
            .add("hand_over", external_id="INC1", agent="ada", note="you know the site")
            .add("cancel", external_id="INC1", reason="mistaken")
            .add("reopen", external_id="INC1", reason="not mistaken")
            .add("set_agent_state", agent="linus", code="lunch", step=1)
            .add("score", external_id="INC2", agent="ada", points=-3))
        self.assertEqual([reply.code for reply in replies], [0] * len(replies))
        self.assertEqual(self.ticket("INC2").agent, "ada")
        self.assertEqual(self.ticket("INC3").merged_into, self.ticket("INC1").id)
        agents = {agent.name: agent for agent in self.desk.query("agents").agents}
        self.assertEqual((agents["linus"].state, agents["linus"].code), ("away", "lunch"))
        self.assertEqual(agents["ada"].skills, "linux:6,vpn:4")

    def test_a_requester_is_asked_and_answers(self):
        # Without a survey in the configuration nobody is asked, and a rating says so by name.
        replies = self.desk.run(
            self.opens("INC1", requester="kim")
            .add("resolve", external_id="INC1")
            .add("rate", external_id="INC1", score=4, comment="quick")
            .add("rate", external_id="INC1", recommend=11))
        self.assertEqual([reply.code for reply in replies],
                         [0, 0, Code.survey_unknown, Code.score_out_of_scale])

    def test_a_refusal_is_an_answer_with_its_code(self):
        [reply] = self.desk.run(Batch().add("resolve", external_id="INC404"))
        self.assertEqual(reply.code, Code.ticket_unknown)
        self.desk.run(self.opens("INC1"))
        version = self.ticket("INC1").version
        replies = self.desk.run(
            self.opens("INC1")
            .add("start", external_id="INC1", expected_version=version)
            .add("start", external_id="INC1", expected_version=version))
        self.assertEqual([reply.code for reply in replies],
                         [Code.external_id_taken, Code.none, Code.version_conflict])

    def test_every_code_of_the_page_is_known_by_its_name(self):
        page = (here / "../../docs/PROTOCOL.md").read_text()
        replies = page[page.index("## Replies"):page.index("## Busy")]
        errors = page[page.index("## Errors"):page.index("## Limits")]
        for table, codes in ((replies, Code), (errors, ErrorCode)):
            listed = {}
            for line in table.splitlines():
                cells = [cell.strip() for cell in line.split("|")]
                for number, name in zip(cells, cells[1:]):
                    if number.isdigit():
                        listed[int(number)] = name.split(",")[0].split(":")[0].split(";")[0]
            listed = {number: name.split()[0] for number, name in listed.items()}
            self.assertEqual({code.value: code.name for code in codes}, listed)

    def test_pages_of_a_query_go_on_after_the_last_id(self):
        self.desk.run(self.opens(*(f"INC{i}" for i in range(25))))
        seen, after, more = [], 0, True
        while more:
            page = self.desk.query("tickets", after=after, limit=10)
            seen += [ticket.external_id for ticket in page.tickets]
            after, more = page.tickets[-1].id, page.more
        self.assertEqual(seen, [f"INC{i}" for i in range(25)])

    def test_a_question_about_nothing_says_so(self):
        self.assertEqual(self.desk.query("ticket", text="INC404").code, Code.ticket_unknown)
        with self.assertRaises(ServerError) as caught:
            self.client.open_desk("nowhere")
        self.assertEqual(caught.exception.code, ErrorCode.desk_unknown)


class BrokenConnections(ServerTest):
    def test_the_same_numbers_again_give_the_first_answers(self):
        sent = self.desk.send(self.opens("INC1", "INC2").add("resolve", external_id="INC404"))
        first = self.desk.replies(sent)
        self.client.send_bytes(sent.frame)  # as if its answer had been lost
        self.desk._unanswered[sent.first_number] = sent
        sent.replies = None
        self.assertEqual(self.desk.replies(sent), first)
        self.assertEqual(first[2].code, Code.ticket_unknown)
        self.assertEqual(self.tickets(), 2)

    def test_what_was_not_answered_when_the_connection_broke_is_done_once(self):
        frames = [self.desk.send(self.opens(f"INC{i}")) for i in range(200)]
        self.client.close()  # nobody has read an answer
        self.client.reconnect()
        for sent in frames:
            self.assertEqual(self.desk.replies(sent)[0].code, Code.none)
        self.assertEqual(self.tickets(), 200)

    def test_half_a_frame_has_no_effect(self):
        frame = self.opens("INC1").frame(self.desk.number, self.desk.answered + 1)
        for size in (3, 8, 40, len(frame) - 1):
            self.client._out += frame[:size]
            self.client.pump(lambda: not self.client._out)
            self.client.close()
            self.client.reconnect()
            self.assertEqual(self.desk.opened.last_number, self.desk.answered)
        self.assertEqual(self.tickets(), 0)

    def test_connections_that_break_at_random_lose_nothing(self):
        draw = random.Random(7)
        names = [f"INC{i}" for i in range(400)]
        sent = []
        for name in names:
            if draw.random() < 0.1:
                self.client.close()
                self.client.reconnect()
            sent.append(self.desk.send(self.opens(name)))
        self.client.close()
        self.client.reconnect()
        tickets = [self.desk.replies(each)[0].ticket for each in sent]
        self.assertEqual(len(set(tickets)), 400)
        self.assertEqual(self.tickets(), 400)

    def test_a_server_killed_and_started_again_gives_the_first_answers(self):
        sent = self.desk.send(self.opens("INC1", "INC2"))
        first = self.desk.replies(sent)
        self.server.pause()  # or the answer may come before the kill
        unread = self.desk.send(self.opens("INC3"))
        self.server.kill()
        with self.assertRaises(Disconnected):
            self.desk.replies(unread)
        self.server.start()
        self.client.reconnect()
        self.assertEqual(self.desk.replies(unread)[0].code, Code.none)
        self.client.send_bytes(sent.frame)
        self.desk._unanswered[sent.first_number] = sent
        sent.replies = None
        self.assertEqual(self.desk.replies(sent), first)
        self.assertEqual(self.tickets(), 3)

    def test_run_goes_on_over_a_restart_by_itself(self):
        self.server.kill()
        self.server.start()
        [reply] = self.desk.run(self.opens("INC1"))
        self.assertEqual(reply.code, Code.none)
        self.assertEqual(self.tickets(), 1)

    def test_another_process_goes_on_under_the_session(self):
        self.desk.run(self.opens("INC1"))
        self.client.close()
        later = self.connect(session=self.client.session).open_desk("main")
        self.assertEqual(later.opened.last_number, self.desk.answered)
        [reply] = later.run(self.opens("INC2"))
        self.assertEqual(reply.code, Code.none)


class Following(ServerTest):
    options = ("--events-kept", "1024")

    def others(self):
        """A second client, who works while the first one follows."""
        return self.connect().open_desk("main")

    def test_no_more_events_come_than_there_is_credit_for(self):
        events = self.desk.subscribe(from_sequence=1, window=4)
        self.others().run(self.opens("INC1", "INC2", "INC3"))
        last = self.desk.query("status").status.events
        self.client.wait(lambda: events.arrived >= 4)
        self.desk.query("status")  # time enough for a fifth
        self.assertEqual(events.arrived, 4)
        events.give(int(last) - 4)
        self.client.wait(lambda: events.arrived >= last)
        self.assertEqual([events.take().sequence for _ in range(last)],
                         list(range(1, last + 1)))

    def test_events_are_each_seen_once_over_broken_connections(self):
        worker = self.others()
        events = self.desk.subscribe(from_sequence=1, window=7)
        seen = []
        for i in range(30):
            worker.run(self.opens(f"INC{i}"))
            if i % 10 == 5:
                self.client.close()
                self.client.reconnect()
            seen.append(events.take(timeout=30).sequence)
        last = worker.query("status").status.events
        while seen[-1] < last:
            seen.append(events.take(timeout=30).sequence)
        self.assertEqual(seen, list(range(1, last + 1)))

    def test_kinds_leave_gaps_that_cost_no_credit(self):
        events = self.desk.subscribe(window=2, kinds=kinds("ticket_recorded"))
        worker = self.others()
        opened = [worker.run(self.opens(f"INC{i}"))[0].ticket for i in range(5)]
        self.assertEqual([events.take(timeout=30).ticket for _ in range(5)], opened)

    def test_positions_in_events_have_names(self):
        events = self.desk.subscribe(kinds=kinds("ticket_assigned"))
        self.others().run(self.opens("INC1"))
        event = events.take(timeout=30)
        names = self.desk.query("names").names
        self.assertEqual(names.agents[event.agent], "linus")
        self.assertEqual(names.queues[event.queue], "network")

    def test_a_subscriber_who_is_too_slow_is_told_where_to_go_on(self):
        events = self.desk.subscribe(from_sequence=1, window=2)
        worker = self.others()
        for i in range(8):
            worker.run(self.opens(*(f"INC{i}-{j}" for j in range(200))))
        with self.assertRaises(TooOld) as caught:
            while events.take(timeout=30).sequence < 2:
                pass
            events.give(1)
            events.take(timeout=30)
        told = caught.exception.first_sequence
        self.assertGreater(told, 2)
        first = self.client.open_desk("main").open().first_event  # the worker has gone on since
        self.assertGreaterEqual(first, told)
        again = self.desk.subscribe(from_sequence=first)
        self.assertEqual(again.take(timeout=30).sequence, first)
        with self.assertRaises(TooOld):
            self.desk.subscribe(from_sequence=1)
        with self.assertRaises(ServerError) as caught:
            self.desk.subscribe(from_sequence=1 << 40)
        self.assertEqual(caught.exception.code, ErrorCode.subscription_invalid)


class TooMuch(ServerTest):
    options = ("--in-flight-mib", "1")

    def test_a_busy_server_gets_its_frames_again_and_order_is_kept(self):
        body = "x" * 60_000  # two frames are more than the server takes at once
        sent = []
        for i in range(600):
            batch = self.opens(*(f"INC{i}-{j}" for j in range(10)), body=body)
            sent.append(self.desk.send(batch))
            if i >= 100 and self.desk.busy_count > 0:
                break
        tickets = [reply.ticket for each in sent for reply in self.desk.replies(each)]
        self.assertGreater(self.desk.busy_count, 0)
        self.assertEqual(len(tickets), 10 * len(sent))
        listed = self.desk.query("tickets").tickets
        self.assertEqual([ticket.id for ticket in listed], tickets[:len(listed)],
                         "opened in the order they were sent")
        self.assertEqual(self.tickets(), 10 * len(sent))
        self.assertEqual(self.ticket("INC0-9").body, body)


class Time(ServerTest):
    options = ("--clock", "commands")

    def test_an_administrator_moves_the_clock(self):
        now = self.desk.opened.now_us
        self.assertEqual(self.desk.advance(now + 60_000_000), now + 60_000_000)
        self.desk.run(self.opens("INC1"))
        self.assertEqual(self.ticket("INC1").recorded_at_us, now + 60_000_000)
        self.assertEqual(self.desk.advance(now + 1), now + 60_000_000, "reached already: no error")


if __name__ == "__main__":
    unittest.main()
