using System.Globalization;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Hl7v2;
using Isthmus.Mapping;

namespace Isthmus.Host.Integrations;

/// <summary>
/// The first draft of a contract from one sample message: every field that the sample values, with its class guessed and the elements it
/// becomes, and <c>rule: unconfirmed</c>, so that nothing crosses before somebody has said of each field why it may.
/// </summary>
internal sealed class ContractDraftText(SiteModel site, string name, Hl7Message message, IReadOnlyList<ExplainedElement> explained, DateOnly today)
{
    private const string Retention = "7y";

    private readonly StringBuilder text = new();

    /// <summary>The header's fields without which no message can be read.</summary>
    private static bool IsEnvelope(Hl7Location at) => at.Segment == "MSH" && at.Field is 1 or 2 or 7 or 9 or 10 or 11 or 12 or 18;

    public string Write(VersionPin map, string sample, string headless)
    {
        var msh = message.Msh;
        var destination = site.Destinations.FirstOrDefault(d => d.Value.Kind == ConnectorKind.FhirRest).Key ?? site.Destinations.Keys.First();
        var policy = site.Contracts[0].Policy;
        var purpose = policy.Purposes.ContainsKey("TREAT") ? "TREAT" : policy.Purposes.First(p => p.Value.Consent != ConsentNeed.Forbidden).Key;
        Lines(
            $"# Draft from {sample}. What is in <angle brackets> is yours to say; each field is held until its rule is optional or required.",
            $"contract: {name}",
            "version: 0.1.0",
            "purpose: <one sentence that says why this data moves>",
            string.Empty,
            "owners: { business: <who answers for why>, technical: <who answers for how>, support: <where users turn to>, on-call: <who is called at night> }",
            string.Empty,
            "mode: event", "traffic: interactive", "audit: strong", "store: full", "operational-criticality: moderate",
            $"consent-policy: {policy.Name}", $"jurisdictions: [{policy.Jurisdiction}]", "regions: [<where the data may lie>]", "initiating-roles: [<who sets it off>]",
            string.Empty,
            "source:", $"  name: {name}", $"  listener: {site.Listeners.Keys.First()}", "  protocol: mllp", "  authentication: network",
            "  senders:", $"    - {{ application: {Quoted(msh.Field(3))}, facility: {Quoted(msh.Field(4))} }}",
            $"  messages: [{TypeOf(message)}]", $"  versions: [\"{msh.Field(12).Value.GetText()}\"]", $"  processing-ids: [{msh.Field(11).Value.GetText()}]",
            "  # The zone of times that carry no offset, as in the first contract of this site. Is it the sender's?", $"  zone: {site.Contracts[0].Source.Zone.Id}", "  quota: { per-second: 100, burst: 500 }",
            string.Empty,
            $"schema: {{ name: HL7 v2 {map.Name}, version: {msh.Field(12).Value.GetText()} }}", $"map: {{ name: {map.Name}, version: {map.Version} }}",
            "idempotency-key: [MSH-10]", "order: { demographics: hold, results: pass-marked, max-hold: 4h }",
            string.Empty,
            "# The number by which the patient is known, and who assigns it.",
            "identity:", "  identifiers:", $"    - {{ assigner: {Quoted(Identifier(4))}, type: {Quoted(Identifier(5))}, system: \"{SystemOf()}\" }}",
            "  when-unknown: provisional-and-task", "  when-conflicting: review",
            string.Empty);
        if (message.First("OBX").Exists)
        {
            Lines(
                "# The sender's own flags raise the alarm. Limits of your laboratory by analyte and unit catch what comes without a flag.",
                "critical:", "  signal: critical-result", "  flags: [HH, LL, AA]", string.Empty);
        }

        Destination(destination, purpose, policy.Purposes[purpose].Basis);
        Lines(
            "retention: { journal: 30d, records: 7y, payloads: 7d, audit: 7y, logs: 90d }",
            "service-levels: { acknowledge-p99: 25ms, deliver-p95: 5s, availability: 0.999, quiet: 15m }",
            $"retirement: {{ review: {today.AddMonths(6):yyyy-MM-dd}, notice: 90d, plan: <one sentence that says how it ends> }}",
            string.Empty,
            "# Whoever proposes does not approve. `site check` says who signs off at the risk that this contract comes out with.",
            "approval:", "  proposed-by: <you>", "  approved-by: <somebody else>", $"  on: {today:yyyy-MM-dd}",
            "  sign-offs: { business: <name>, security: <name>, privacy: <name>, clinical: <name> }",
            string.Empty,
            "tests:", $"  - {{ file: {sample}, expect: delivered }}", $"  - {{ file: {headless}, expect: refused }}", string.Empty,
            "fields:");
        Fields(destination);
        return text.ToString();
    }

    private void Destination(string destination, string purpose, LawfulBasis basis)
    {
        Lines(
            "destinations:", $"  - name: {destination}", $"    consent-purpose: {purpose}", $"    basis: {Choice(basis)}",
            $"    recipient: {site.Contracts[0].Destinations.FirstOrDefault(d => d.Name == destination)?.Recipient ?? "<the receiver as consents name it>"}", "    form: full", "    scopes:");
        foreach (var type in explained.Select(TypeOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Lines($"      - system/{type}.cu");
        }

        Lines("    retry: { max-attempts: 20, max-age: 3d, base-delay: 500ms, max-delay: 5m }", "    when-down: queue", "    order: per-person", "    payload-retention: 0s", string.Empty);
    }

    private void Fields(string destination)
    {
        var bySource = explained.SelectMany(e => e.Sources.Select(s => (At: $"{s.Location.Segment}-{s.Location.Field}", Element: ElementOf(e))))
            .ToLookup(p => p.At, p => p.Element, StringComparer.Ordinal);
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var segment in message.Segments)
        {
            for (var number = 1; number <= segment.FieldCount; number++)
            {
                var at = $"{segment.Name}-{number}";
                if (!segment.HasValidName || segment.Field(number).IsEmpty || !listed.Add(at))
                {
                    continue;
                }

                var definition = Hl7Definitions.Segment(segment.Name)?.Field(number);
                var title = definition?.Name ?? "a field of the sender's own";
                string[] elements = [.. bySource[at].Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
                var isEnvelope = IsEnvelope(new Hl7Location(segment.Name, 1, number));
                Lines(
                    $"  # {title}",
                    $"  - {{ source: {at}, rule: {(isEnvelope ? "required" : "unconfirmed")}, class: {ClassOf(segment.Name, definition)}, authority: {name}, retention: {Retention},"
                        + (elements.Length > 0 ? $" readers: [{destination}]," : string.Empty));
                if (elements.Length > 0)
                {
                    Lines($"      elements: [{string.Join(", ", elements)}],");
                }

                Lines(isEnvelope ? "      purpose: \"Is needed to read and to acknowledge the message.\" }" : "      }");
            }
        }

        string[] derived = [.. explained.Where(e => e.Sources.Count == 0).Select(ElementOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (derived.Length > 0)
        {
            Lines("  # Made here", $"  - {{ rule: derived, class: pseudonymous, authority: this layer, readers: [{destination}], retention: {Retention},",
                $"      elements: [{string.Join(", ", derived)}],", "      purpose: \"Ties the parts of a message together and says what they are.\" }");
        }
    }

    /// <summary>What is about the patient, or is a date, a name, a number of somebody or free text, is taken for PHI until somebody says otherwise.</summary>
    private static string ClassOf(string segment, Hl7FieldDefinition? field) =>
        segment is "MSH" or "EVN" or "SFT" ? "non-phi"
        : field is null || segment is "PID" or "PD1" or "NK1" or "GT1" or "IN1" or "IN2" or "MRG" ? "phi"
        : field.DataType.Newest switch
        {
            "SI" or "ID" or "IS" => "non-phi",
            "CWE" or "CE" or "CNE" => segment is "OBX" or "OBR" or "SPM" or "PV1" ? "non-phi" : "phi",
            "EI" => "pseudonymous",
            _ => "phi",
        };

    private Hl7Component Identifier(int component) => message.First("PID").Field(3).Component(component);

    private string SystemOf() =>
        site.Contracts.SelectMany(c => c.Identity.Identifiers).FirstOrDefault(i => i.Assigner == Identifier(4).Value.GetText())?.System ?? "<the FHIR system of that number>";

    private static string TypeOf(Hl7Message message) =>
        $"{message.Msh.Field(9).Component(1).Value.GetText()}^{message.Msh.Field(9).Component(2).Value.GetText()}";

    private static string TypeOf(ExplainedElement element) => element.Path[..element.Path.IndexOf('.', StringComparison.Ordinal)];

    /// <summary><c>Patient.name[0].family</c> is <c>Patient.name</c>: contracts speak of elements of a resource.</summary>
    private static string ElementOf(ExplainedElement element)
    {
        var parts = element.Path.Split('.');
        var property = parts[1].Split('[')[0].TrimStart('_');
        foreach (var choice in (ReadOnlySpan<string>)["value", "effective", "deceased", "multipleBirth", "occurred", "onset"])
        {
            if (property.Length > choice.Length && property.StartsWith(choice, StringComparison.Ordinal) && char.IsAsciiLetterUpper(property[choice.Length]))
            {
                property = choice;
            }
        }

        return $"{parts[0]}.{property}";
    }

    private static string Choice<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLower(c, CultureInfo.InvariantCulture)}" : $"{c}"));

    private static string Quoted(Hl7Field field) => Quoted(field.Value.GetText());

    private static string Quoted(Hl7Component component) => Quoted(component.Value.GetText());

    private static string Quoted(string value) => value.Length == 0 ? "<not in the sample>" : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private void Lines(params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
        }
    }
}
