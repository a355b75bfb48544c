using Isthmus.Exchange;
using Isthmus.Hl7v2;
using Isthmus.Mapping;
using Isthmus.Mediation.Identify;
using Isthmus.Mediation.Path;
using Isthmus.Records;
using Isthmus.Records.Commit;

namespace Isthmus.Mediation.Translate;

/// <summary>A message as canonical FHIR resources of one person.</summary>
internal sealed record Translated(Identified Identified, IReadOnlyList<ResourceDraft> Resources);

/// <summary>
/// Translates by the site's maps, units and codes included. A field that does not translate is noted and left out or kept
/// as text; the rest of the message lives.
/// </summary>
internal sealed class TranslateToFhir(byte[] resourceIdKey, TimeProvider time) : Stage<Identified, Translated>
{
    private readonly List<Translation> translations = [];

    public string Name => "translate";

    /// <summary>The messages translated so far are done with; their resources' memory is used again.</summary>
    public void Release()
    {
        foreach (var translation in translations)
        {
            translation.Dispose();
        }

        translations.Clear();
    }

    public Verdict<Translated> Run(Identified context, Trail trail)
    {
        var opened = context.Valid.Admitted.Opened;
        var runtime = opened.Message.Site;
        trail.DecidedBy = $"{opened.Contract.Map} {runtime.Maps.Version}";
        var translation = runtime.Translator.Translate(context.Valid.Message, new TranslationContext(
            opened.Contract.Source.Zone, opened.Contract.Source.Name, resourceIdKey, context.Person.ToString(),
            time.GetUtcNow(), $"message/{opened.Message.Id}"));
        translations.Add(translation);
        foreach (var finding in translation.Findings)
        {
            trail.Note(new Finding(finding.Rule, Severity.Warning, finding.Location.ToString(), finding.Message));
        }

        var clock = new ResultClock(context.Valid.Message, opened.Contract.Source.Zone, opened.Message.Received);
        var drafts = new List<ResourceDraft>(translation.Resources.Count);
        foreach (var resource in translation.Resources)
        {
            if (!ResourceTypes.IsKept(resource.Type))
            {
                trail.Note(TranslationRules.TypeNotKept(resource.Type));
                continue;
            }

            var rank = StatusRank.Of(resource.Root["status"u8].Text);
            drafts.Add(new ResourceDraft(
                resource.Type, Guid.Parse(resource.Id), resource.Root, resource.Json, clock.Standing(rank, resource.AnchorSegment)));
        }

        return drafts.Count == 0 ? Stop.Quarantine(TranslationRules.NothingProduced) : new Translated(context, drafts);
    }
}

/// <summary>When the results of a message were reported and sent, for telling late from new.</summary>
/// <param name="received">Stands for the time of sending where MSH-7 is empty or unreadable.</param>
internal sealed class ResultClock(Hl7Message message, TimeZoneInfo zone, DateTimeOffset received)
{
    private readonly long sent = Milliseconds(message.Msh.Field(7), zone) is > 0 and var said ? said : received.ToUnixTimeMilliseconds();

    /// <param name="rank">See <see cref="StatusRank"/>.</param>
    /// <param name="anchor">Index of the OBR segment the resource stands under, or -1.</param>
    public Standing Standing(short rank, int anchor) =>
        new(rank, anchor < 0 ? 0 : Milliseconds(message.Segments[anchor].Field(22), zone), sent);

    private static long Milliseconds(Hl7Field field, TimeZoneInfo zone) =>
        Hl7DateTime.TryParse(field.Value.Raw, out var time)
            ? time.ToInstant(zone, out _).ToUnixTimeMilliseconds()
            : 0;
}
