using System.CommandLine;
using System.Globalization;
using Isthmus.Exchange.Phi;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Workflow.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus task …</c>: the work that people have, and what they do about it.</summary>
internal static class TaskCommand
{
    private static readonly Argument<long> Id = new("ID") { Description = "The task's number." };

    private static readonly Option<string> Actor = new("--as")
    {
        Description = "Who acts, as the ledger records it (default: the user of this machine).",
        DefaultValueFactory = _ => Environment.UserName,
    };

    public static Command Create() => new("task", "Work the task inbox.")
    {
        List(),
        Show(),
        Act("claim", "Take a task on.", [], (desk, id, actor, _, cancel) => desk.ClaimAsync(id, actor, cancel)),
        Acknowledge(),
        Complete(),
        Act("escalate", "Pass a task on to the next pool.", [], (desk, id, actor, _, cancel) => desk.EscalateAsync(id, actor, cancel)),
        Comment(),
        Notes(),
    };

    private static Command List()
    {
        var tenant = Options.Tenant();
        var pool = new Option<string?>("--pool") { Description = "Tasks that this pool has now." };
        var overdue = new Option<bool>("--overdue") { Description = "Only what is past its due time." };
        var closed = new Option<bool>("--closed") { Description = "Closed tasks instead of open ones." };
        var limit = Options.Limit();
        var json = Options.Json();
        var command = new Command("list", "Open tasks, those due first.") { tenant, pool, overdue, closed, limit, json };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var tasks = await new TaskInbox(installation.Store.For(ZoneRole.Operator)).ListAsync(
                new TaskFilter(parse.GetValue(tenant), parse.GetValue(pool), parse.GetValue(closed), parse.GetValue(overdue), parse.GetValue(limit)), cancel);
            if (parse.GetValue(json))
            {
                Output.Json(tasks);
                return 0;
            }

            var table = new Table().Border(TableBorder.None).AddColumns("task", "title", "state", "pool", "due (UTC)", "claimed by", "message");
            foreach (var task in tasks)
            {
                table.AddRow(
                    Number(task.Id), Markup.Escape(task.Title), task.State, task.Pool,
                    task.Overdue ? $"[red]{Time(task.Due)}[/]" : Time(task.Due), Markup.Escape(task.ClaimedBy ?? ""), task.MessageId == 0 ? "" : Number(task.MessageId));
            }

            Output.Table(table, "No tasks.");
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var json = Options.Json();
        var command = new Command("show", "A task with its reason, its next action and its history.") { Id, json };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var inbox = new TaskInbox(installation.Store.For(ZoneRole.Operator));
            var task = await inbox.GetAsync(parse.GetValue(Id), cancel);
            var history = await inbox.HistoryAsync(task.Id, cancel);
            if (parse.GetValue(json))
            {
                Output.Json(new { task, history });
            }
            else
            {
                Print(task, history);
            }

            return 0;
        });
        return command;
    }

    private static Command Acknowledge()
    {
        var readBack = new Option<string>("--read-back")
        {
            Description = "What was read back to you; `-` reads it from standard input, so that it stays out of the shell's history.",
        };
        return Act(
            "ack", "Acknowledge a task, with what was read back.", [readBack],
            async (desk, id, actor, parse, cancel) => await desk.AcknowledgeAsync(id, actor, await TextAsync(parse.GetValue(readBack), cancel), cancel));
    }

    private static Command Complete()
    {
        var outcome = new Option<string?>("--outcome") { Description = "How it ended, one of those that the workflow declares." };
        return Act(
            "complete", "Finish a task.", [outcome],
            (desk, id, actor, parse, cancel) => desk.CompleteAsync(id, actor, parse.GetValue(outcome), cancel));
    }

    private static Command Comment()
    {
        var text = new Option<string>("--text") { Description = "The comment; `-` reads it from standard input." };
        return Act(
            "comment", "Add a comment, which is kept apart like a read-back.", [text],
            async (desk, id, actor, parse, cancel) => await desk.CommentAsync(id, actor, await TextAsync(parse.GetValue(text), cancel), cancel));
    }

    private static Command Notes()
    {
        var purpose = new Option<string>("--purpose") { Description = "Why they are read; the ledger records it.", Required = true };
        var json = Options.Json();
        var command = new Command("notes", "Read a task's read-backs and comments; reading leaves an event in the ledger.") { Id, purpose, Actor, json };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var notes = await new TaskInbox(installation.Store.For(ZoneRole.Operator))
                .ReadNotesAsync(parse.GetValue(Id), parse.GetValue(Actor)!, parse.GetValue(purpose)!, cancel);
            if (parse.GetValue(json))
            {
                Output.Json(notes.Select(n => new { n.At, n.Author, n.Kind, text = n.Text.Reveal() }));
                return 0;
            }

            foreach (var note in notes)
            {
                Output.People.MarkupLineInterpolated($"{Time(note.At)}  {note.Kind} by {note.Author}: {note.Text.Reveal()}");
            }

            return 0;
        });
        return command;
    }

    private static Command Act(
        string name, string description, IEnumerable<Option> options,
        Func<TaskDesk, long, string, ParseResult, CancellationToken, Task<TaskView>> act)
    {
        var json = Options.Json();
        var command = new Command(name, description) { Id, Actor, json };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Workflow], NullLoggerFactory.Instance, cancel);
            var desk = new TaskDesk(installation.Store.For(ZoneRole.Workflow));
            var task = await act(desk, parse.GetValue(Id), parse.GetValue(Actor)!, parse, cancel);
            if (parse.GetValue(json))
            {
                Output.Json(task);
            }
            else
            {
                Print(task, await new TaskInbox(installation.Store.For(ZoneRole.Workflow)).HistoryAsync(task.Id, cancel));
            }

            return 0;
        });
        return command;
    }

    private static void Print(TaskView task, IReadOnlyList<TaskStep> history)
    {
        Output.People.MarkupLineInterpolated($"[bold]{task.Title}[/]  (task {task.Id}{(task.MessageId == 0 ? "" : $", message {task.MessageId}")}, {task.Workflow})");
        Output.People.MarkupLineInterpolated($"  {task.State} with {task.Pool}{(task.ClaimedBy is null ? "" : $", claimed by {task.ClaimedBy}")}");
        if (task.ClosedAt is null)
        {
            Output.People.MarkupLineInterpolated($"  due {Time(task.Due)}{(task.Overdue ? ", overdue" : "")}; goes on to the next pool {(task.EscalateAt is null ? "no more" : $"at {Time(task.EscalateAt)}")} (UTC)");
            Output.People.MarkupLineInterpolated($"  path: {string.Join(" → ", task.EscalationPath)}");
            Output.People.MarkupLineInterpolated($"  why: {task.Why}");
            Output.People.MarkupLineInterpolated($"  next: {task.NextAction}");
        }
        else
        {
            Output.People.MarkupLineInterpolated($"  closed {Time(task.ClosedAt)} UTC");
        }

        foreach (var step in history)
        {
            Output.People.MarkupLineInterpolated(
                $"  {Time(step.At)}  {step.Raised} by {step.Actor}: {(step.From.Length == 0 ? "new" : step.From)} → {step.To}, with {step.Pool} {step.Outcome}");
        }
    }

    private static async Task<PhiText> TextAsync(string? given, CancellationToken cancel) =>
        new(given == "-" ? (await Console.In.ReadToEndAsync(cancel)).Trim() : given ?? "");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
}
