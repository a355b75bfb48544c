using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Hl7v2;
using Isthmus.Mapping;
using Isthmus.Mediation.Admit;
using Isthmus.Mediation.Inbox;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Read;
using Isthmus.Mediation.Sites;
using Isthmus.Mediation.Validate;

namespace Isthmus.Mediation.Preview;

/// <summary>What a site makes of a message, without doing it.</summary>
/// <param name="Stopped">The rule at which the message leaves the way, or null.</param>
/// <param name="Elements">Every element with the rule that made it. Their values are patient data.</param>
/// <param name="Unread">Valued fields that the contract admits and no rule reads.</param>
public sealed record Previewed(
    string? Stopped, IReadOnlyList<Finding> Findings, IReadOnlyList<ExplainedElement> Elements, IReadOnlyList<string> Unread)
{
    /// <summary>Valued fields and segments that the contract holds back, each once: no map gets to see them, whatever its rules say.</summary>
    public IReadOnlyList<string> Held { get; } = [.. Findings.Where(AdmitRules.TellsOfHeld).Select(f => WithoutNumbers(f.Location)).Distinct(StringComparer.Ordinal)];

    /// <summary>The place of a field in any segment of its kind: <c>OBX-5</c> of <c>OBX[3]-5</c>.</summary>
    private static string WithoutNumbers(string location) =>
        string.Concat(location.Split('[').Select((part, at) => at == 0 ? part : part[(part.IndexOf(']', StringComparison.Ordinal) + 1)..]));
}

/// <summary>
/// Takes past messages along the part of the way that changes nothing, under one version of a site: read, admitted by contract,
/// validated, translated. Ids are those of no store, so that two versions can be held beside each other.
/// </summary>
public sealed class SitePreview
{
    private static readonly byte[] IdKey = new byte[32];

    private readonly SiteRuntime runtime;
    private readonly ReaderPool readers = new();

    private SitePreview(SiteRuntime runtime) => this.runtime = runtime;

    public string Version => runtime.Version;

    /// <summary>Null where the site's maps do not load, which its check says.</summary>
    public static SitePreview? Of(SiteModel site) => SiteRuntime.Compile(site, []) is { } ready ? new SitePreview(ready) : null;

    public Previewed Try(PastMessage past)
    {
        if (runtime.ContractOf(past.Source) is not { } contract)
        {
            return new Previewed(ReadRules.ContractGone.Rule, [ReadRules.ContractGone], [], []);
        }

        readers.Reset();
        var leased = new Leased(
            past.Id, past.Received, Partition: 0, OrderKey: 0, Attempts: 1, Replayed: true, past.Source, past.ControlId, ControlIdReused: false,
            SealKey: 0, SealNonce: 0, Sealed: [], runtime, IsPinnedSiteGone: false);
        var trail = new Trail(leased);
        var way = new Way<Opened>([(new Opened(leased, contract, past.Raw), trail)])
            .Then(new Parse(readers)).Then(new AdmitFields(readers)).Then(new ValidateMessage());
        return way.Travelling is [var (valid, _)]
            ? Translated(valid.Message, contract, past, trail)
            : new Previewed(trail.Stopped?.Finding.Rule, trail.Findings, [], []);
    }

    private Previewed Translated(Hl7Message message, IntegrationContract contract, PastMessage past, Trail trail)
    {
        var context = new TranslationContext(
            contract.Source.Zone, contract.Source.Name, IdKey, PatientId: null, past.Received, $"message/{past.Id}");
        using var translation = runtime.Translator.Translate(message, context);
        foreach (var finding in translation.Findings)
        {
            trail.Note(new Finding(finding.Rule, Severity.Warning, finding.Location.ToString(), finding.Message));
        }

        string[] unread = [.. translation.UnreadFields().Select(u => u.ToString())];
        return new Previewed(null, trail.Findings, runtime.Translator.Explain(message, context), unread);
    }
}
