using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Reading;
using Isthmus.Governance.Yaml;
using Isthmus.Mapping;

namespace Isthmus.Governance.Checks;

/// <summary>What a contract names outside itself must exist: listener, map, samples.</summary>
internal static class SourceChecks
{
    public static void Check(ContractDraft draft, Settings settings, SiteFiles files)
    {
        var (contract, root) = (draft.Contract, draft.Root);
        if (settings.Listeners.TryGetValue(contract.Source.Listener, out var listener))
        {
            if (listener.Kind != contract.Source.Protocol)
            {
                root.Fault("source", SiteRules.ListenerProtocol, $"Listener `{listener.Name}` speaks another protocol than the `protocol` of the source.");
            }
            else if ((listener.Kind == ListenerKind.Api) != (contract.Source.Authentication == SourceAuthentication.Token))
            {
                root.Fault("source", SiteRules.ListenerProtocol, "Tokens are what is shown at a listener of kind `api`: there the source says `authentication: token`, and nowhere else.");
            }
        }
        else if (contract.Source.Listener.Length > 0)
        {
            root.Fault("source", SiteRules.ListenerUnknown,
                $"Listener `{contract.Source.Listener}` is not in isthmus.yaml.{Nearest.Hint(contract.Source.Listener, settings.Listeners.Keys)}");
        }

        if (contract.Identity is { Merges: MergeTrust.Link, Demographics: DemographicStanding.Secondary })
        {
            root.Fault("identity", SiteRules.MergesWithoutAuthority,
                "`merges: link` takes the source's word on who is who; only a source with `demographics: authoritative` has it.");
        }

        if (contract.Source is { IsAtDoor: true, Sequence: SequenceNumbers.Required })
        {
            root.Fault("source", SiteRules.SequenceAtDoor, "Sequence numbers order one connection; requests at the door come side by side, on any node.");
        }

        CheckMap(contract.Map, root, files);
        if (contract.Source.ApplicationAcknowledgement is { } back
            && settings.Destinations.GetValueOrDefault(back)?.Kind != ConnectorKind.Mllp)
        {
            root.Fault("source", SiteRules.AcknowledgementDestination,
                $"`application-acknowledgement` names `{back}`, which is no destination of kind `mllp` in isthmus.yaml.{Nearest.Hint(back, settings.Destinations.Keys)}");
        }

        foreach (var test in contract.Tests.Where(t => !files.Files.ContainsKey(t.File)))
        {
            root.Fault("tests", SiteRules.TestMissing, $"Sample `{test.File}` is not in the site folder.");
        }

        foreach (var field in contract.IdempotencyKey.Concat(contract.Identity.Compare).Where(f => !IsListed(contract.Fields, f)))
        {
            root.Fault("fields", SiteRules.FieldUnlisted, $"`{field}` is relied on and not listed under `fields`.");
        }
    }

    /// <summary>Two contracts may share a listener only when their senders or messages tell them apart.</summary>
    public static void CheckTogether(IReadOnlyList<ContractDraft> drafts)
    {
        for (var i = 0; i < drafts.Count; i++)
        {
            foreach (var earlier in drafts.Take(i).Select(d => d.Contract))
            {
                var contract = drafts[i].Contract;
                if (contract.Name == earlier.Name)
                {
                    drafts[i].Root.Fault("contract", SiteRules.ContractTwice, $"A contract named `{contract.Name}` exists already.");
                }

                if (contract.Source.Listener == earlier.Source.Listener
                    && contract.Source.Senders.Intersect(earlier.Source.Senders).Any()
                    && contract.Source.Messages.Intersect(earlier.Source.Messages).Any())
                {
                    drafts[i].Root.Fault("source", SiteRules.SenderAmbiguous,
                        $"Contract `{earlier.Name}` takes the same messages of the same sender on this listener.");
                }
            }
        }
    }

    private static void CheckMap(VersionPin map, Section root, SiteFiles files)
    {
        var own = $"maps/{map.Name}.yaml";
        var path = files.Files.ContainsKey(own) ? own : $"{MapLibrary.Folder}hl7v2/{map.Name}.yaml";
        if (map.Name.Length == 0)
        {
            return;
        }

        if (!files.Files.TryGetValue(path, out var bytes))
        {
            root.Fault("map", SiteRules.MapUnknown, $"Neither `{own}` nor the library has this map.");
        }
        else if (YamlComposer.Compose(path, bytes, []) is { } yaml
            && yaml.Entries.GetValueOrDefault("version") is YamlText version && version.Value != map.Version)
        {
            root.Fault("map", SiteRules.MapVersion, $"`{path}` is version {version.Value}, the contract pins {map.Version}.");
        }
    }

    private static bool IsListed(FieldRules fields, FieldLocation location) =>
        fields.Segments.FirstOrDefault(s => s.Name == location.Segment) is { } segment
        && (location.Component == 0 ? segment.Field(location.Field) is not null : segment.Component(location.Field, location.Component) is not null);
}
