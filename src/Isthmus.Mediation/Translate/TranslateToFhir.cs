using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Hl7v2;
using Isthmus.Mapping;
using Isthmus.Mediation.Codes;
using Isthmus.Mediation.Identify;
using Isthmus.Mediation.Messages;
using Isthmus.Mediation.Path;
using Isthmus.Records;
using Isthmus.Records.Commit;

namespace Isthmus.Mediation.Translate;

/// <summary>A message as canonical FHIR resources of one person.</summary>
/// <param name="Origins">For each resource the index of the segment that gave rise to it.</param>
internal sealed record Translated(Identified Identified, IReadOnlyList<ResourceDraft> Resources, IReadOnlyList<int> Origins);

/// <summary>
/// Translates by the site's maps, units and codes included. A field that does not translate is noted and left out or kept
/// as text; the rest of the message lives.
/// </summary>
internal sealed class TranslateToFhir(byte[] resourceIdKey, TimeProvider time) : Stage<Identified, Translated>
{
    /// <summary>A message with more of them is wrong in one way, and each costs looking it up.</summary>
    private const int MostUnmapped = 100;

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
            if (finding.Table is not null && trail.Unmapped.Count < MostUnmapped && UnmappedCode.Of(finding, context.Valid.Message, opened.Contract.Fields) is { } code)
            {
                trail.Unmapped.Add(code);
            }
        }

        var clock = new ResultClock(context.Valid.Message, opened.Contract.Source.Zone, opened.Message.Received);
        var drafts = new List<ResourceDraft>(translation.Resources.Count);
        var origins = new List<int>(translation.Resources.Count);
        foreach (var resource in translation.Resources)
        {
            var type = resource.Type;
            if (!ResourceTypes.IsKept(type))
            {
                trail.Note(TranslationRules.TypeNotKept(type));
                continue;
            }

            var rank = RankOf(type, resource, opened.Contract.Identity);
            drafts.Add(new ResourceDraft(
                type, Guid.Parse(resource.Id), resource.Root, resource.Json, clock.Standing(rank, resource.AnchorSegment)));
            origins.Add(resource.SourceSegment);
        }

        if (trail.Kind == MessageKind.Merge)
        {
            MergedPatient.Fit(drafts, origins, context.Person, trail.Merged?.Gone);
        }

        return drafts.Count == 0 ? Stop.Quarantine(TranslationRules.NothingProduced) : new Translated(context, drafts, origins);
    }

    /// <summary>
    /// What the authority says of a patient stands above what others repeat of them, whenever they do; a visit's status may go back,
    /// so that time alone decides; all else goes by its status.
    /// </summary>
    private static short RankOf(string type, TranslatedResource resource, IdentityTerms identity) => type switch
    {
        "Patient" => identity.Demographics == DemographicStanding.Authoritative ? (short)1 : (short)0,
        "Encounter" => 0,
        _ => StatusRank.Of(resource.Root["status"u8].Text),
    };
}
