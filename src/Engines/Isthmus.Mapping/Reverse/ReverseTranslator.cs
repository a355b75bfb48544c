using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;

namespace Isthmus.Mapping.Reverse;

/// <summary>Writes HL7 v2 messages from FHIR resources by one set of maps. Safe for all threads.</summary>
public sealed class ReverseTranslator(MapSet maps)
{
    /// <summary>The messages that can be written, as <c>ORU_R01</c>.</summary>
    public IEnumerable<string> MessageTypes => maps.Reverse.Messages.SelectMany(message => message.Events.Select(one => $"{message.Code}_{one.Event}"));

    /// <summary>
    /// Writes one message from a Bundle (of any type) or a single resource. Nothing in it makes this throw: what cannot be expressed is
    /// a finding of the result.
    /// </summary>
    /// <param name="messageType">Such as <c>ORU_R01</c>; null to take the MessageHeader's event, or else what the content tells.</param>
    public ReverseTranslation Translate(FhirElement resource, ReverseContext context, string? messageType = null) =>
        resource.ResourceType == "Bundle"
            ? Translate(new ResourceIndex(resource, []), context, messageType)
            : Translate(new ResourceIndex(default, [resource]), context, messageType);

    /// <summary>Writes one message from resources that refer to each other by <c>Type/id</c>.</summary>
    /// <inheritdoc cref="Translate(FhirElement, ReverseContext, string?)"/>
    public ReverseTranslation Translate(IReadOnlyList<FhirElement> resources, ReverseContext context, string? messageType = null) =>
        Translate(new ResourceIndex(default, resources), context, messageType);

    /// <summary>Writes one message from the JSON of resources, each a document of its own.</summary>
    /// <exception cref="FormatException">One of them is not a FHIR resource; the text gives the reader's rule, never content.</exception>
    /// <inheritdoc cref="Translate(FhirElement, ReverseContext, string?)"/>
    public ReverseTranslation Translate(IEnumerable<ReadOnlyMemory<byte>> resources, ReverseContext context, string? messageType = null) =>
        Translate([.. resources.Select(Read)], context, messageType);

    private static FhirElement Read(ReadOnlyMemory<byte> json)
    {
        var read = FhirJsonReader.Read(json);
        return read.Fault is null ? read.Root : throw new FormatException($"{read.Fault.Rule}: {read.Fault.Message}");
    }

    private ReverseTranslation Translate(ResourceIndex index, ReverseContext context, string? messageType)
    {
        ArgumentNullException.ThrowIfNull(context);
        var run = new ReverseRun(maps.Reverse, index, context);
        if (MessageChoice.Of(maps.Reverse.Messages, index, messageType) is not ({ } message, var trigger))
        {
            run.Find(messageType is null ? ReverseRules.TypeUnclear : ReverseRules.TypeUnknown, default);
            return new ReverseTranslation(run, [], null, default);
        }

        (run.Event, run.Structure) = trigger;
        foreach (var header in index.OfType("MessageHeader"))
        {
            run.Read(header["eventCoding"u8]);
        }

        var isWhole = new PartWalk(run, message).Write(out var bytes);
        run.Finish();
        if (message.Content.Count > 0 && !message.Content.Any(type => index.OfType(type).Any()))
        {
            isWhole = false;
            run.Findings.Add(new ReverseFinding(ReverseRules.ResourceMissing.Rule, string.Join(" | ", message.Content), ReverseRules.ResourceMissing.Message));
        }

        return new ReverseTranslation(run, UnreadWalk.Find(run, message), $"{message.Code}_{trigger.Event}", isWhole ? bytes : default);
    }
}
