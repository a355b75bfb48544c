using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Mediation.Codes;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Persons;

namespace Isthmus.Mediation.Path;

/// <summary>What one message leaves behind on its way: steps, findings, signals and the audit it owes. No content.</summary>
internal sealed class Trail(Inbox.Leased message)
{
    /// <summary>A message with more faults than this is broken in one way, not in many.</summary>
    private const int MostFindings = 100;

    private readonly List<Finding> findings = [];
    private readonly List<Signal> signals = [];
    private readonly List<LedgerEvent> events = [];
    private readonly List<Step> steps = [];
    private int findingsBefore;

    public Inbox.Leased Message { get; } = message;

    public IReadOnlyList<Finding> Findings => findings;

    public IReadOnlyList<Signal> Signals => signals;

    public IReadOnlyList<LedgerEvent> Events => events;

    public IReadOnlyList<Step> Steps => steps;

    /// <summary>What it is about, once it is read.</summary>
    public MessageKind Kind { get; set; }

    /// <summary>Set once the message has stopped.</summary>
    public Stop? Stopped { get; private set; }

    /// <summary>The application acknowledgement that the sender is owed, once the message is open; null where it is owed none.</summary>
    public AnswerDue? AnswerDue { get; set; }

    /// <summary>The person, once identified.</summary>
    public PersonId? Person { get; set; }

    /// <summary>A person whom this message is the first to mention; written with its effect, whatever becomes of the message.</summary>
    public NewPerson? NewPerson { get; set; }

    /// <summary>What the authority says anew of a known person.</summary>
    public RestatedPerson? Restated { get; set; }

    /// <summary>Persons whom this message makes one.</summary>
    public MergedPersons? Merged { get; set; }

    /// <summary>Codes that no table knows.</summary>
    public List<UnmappedCode> Unmapped { get; } = [];

    /// <summary>Critical gaps that people were asked to close.</summary>
    public List<OpenGap> Opened { get; } = [];

    /// <summary>Gaps of earlier messages that this one fills.</summary>
    public List<OpenGap> Filled { get; } = [];

    /// <summary>The version of what decided in the current stage; the step names it.</summary>
    public string DecidedBy { get; set; } = string.Empty;

    public void Note(Finding finding)
    {
        if (findings.Count < MostFindings)
        {
            findings.Add(finding);
        }
    }

    public void Raise(Signal signal) => signals.Add(signal);

    public void Owe(LedgerEvent owed) => events.Add(owed);

    /// <summary>Ends a stage: its step is written with the findings it raised.</summary>
    public void EndStage(string name, Stop? stop, double milliseconds)
    {
        if (stop is not null)
        {
            Stopped = stop;
            if (stop.Outcome == Outcome.Quarantined)
            {
                Raise(new Signal(
                    SignalKinds.MessageQuarantined, $"{Message.Id}", Message.Id, Person, string.Empty, "Message in quarantine",
                    JsonSerializer.Serialize(new { rule = stop.Finding.Rule, source = Message.Source })));
            }

            if (!findings.Exists(f => f.Rule == stop.Finding.Rule && f.Location == stop.Finding.Location))
            {
                findings.Add(stop.Finding);
            }
        }

        var rules = findings.Skip(findingsBefore).Select(f => f.Rule).Distinct().ToArray();
        findingsBefore = findings.Count;
        steps.Add(new Step(name, Word(stop), rules, DecidedBy, milliseconds));
        DecidedBy = string.Empty;
    }

    private static string Word(Stop? stop) => stop?.Outcome switch
    {
        null => "continue",
        Outcome.Quarantined => "quarantine",
        Outcome.Refused => "refuse",
        _ => "ask-human",
    };
}
