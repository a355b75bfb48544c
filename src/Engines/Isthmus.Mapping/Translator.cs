using System.Collections.Concurrent;
using Isthmus.Hl7v2;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping;

/// <summary>Translates messages by one set of maps. Safe for all threads; working memory is kept and reused.</summary>
public sealed class Translator(MapSet maps)
{
    private readonly ConcurrentBag<TranslationRun> idle = [];

    public string MapVersion => maps.Version;

    /// <summary>
    /// Translates one message. Nothing in a message makes this throw: what cannot be carried over is a finding of the result.
    /// Dispose the result to give its memory back.
    /// </summary>
    public Translation Translate(Hl7Message message, TranslationContext context)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(context);
        if (!idle.TryTake(out var run))
        {
            run = new TranslationRun();
        }

        run.Begin(maps.Maps, message, context);
        var map = maps.Maps.Lookup.Of(message);
        if (map is null)
        {
            run.Findings.Add(new MapFinding(FindingRules.NoMap.Rule, new Hl7Location("MSH", 1, 9), FindingRules.NoMap.Message));
        }

        if (message.Msh.Field(9).IsEmpty)
        {
            run.Findings.Add(new MapFinding(FindingRules.TypeUnstated.Rule, new Hl7Location("MSH", 1, 9), FindingRules.TypeUnstated.Message));
        }

        var bundle = map is null ? -1 : MessageRun.Run(run, map);
        return new Translation(run, map, bundle, idle);
    }

    /// <summary>Translates one message and tells of every element which rule made it of which field. Slower; for people who look.</summary>
    public IReadOnlyList<ExplainedElement> Explain(Hl7Message message, TranslationContext context)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(context);
        if (maps.Maps.Lookup.Of(message) is not { } map)
        {
            return [];
        }

        var run = new TranslationRun { Trace = new RuleTrace() };
        run.Begin(maps.Maps, message, context);
        MessageRun.Run(run, map);
        return [.. Explaining.Of(run, map, run.Trace)];
    }
}
