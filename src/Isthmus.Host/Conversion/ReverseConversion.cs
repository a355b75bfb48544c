using Isthmus.Fhir.Json;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Host.Conversion;

/// <summary>Bundles and resources on disk to HL7 v2 messages, without any store.</summary>
internal sealed class ReverseConversion(ReverseTranslator translator, ReverseContext context, string? messageType)
{
    /// <summary>The files a path stands for: itself, or every .json file of a folder.</summary>
    public static IEnumerable<string> Files(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];

    /// <summary>One message per file, with the file's name.</summary>
    public IEnumerable<WrittenMessage> Convert(IEnumerable<string> files) => files.Select(Convert);

    private WrittenMessage Convert(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var read = FhirJsonReader.Read(File.ReadAllBytes(path));
        if (read.Fault is { } fault)
        {
            return new WrittenMessage(name, null, false, [], [new ConversionFinding(fault.Rule, $"line {fault.Position.Line}, column {fault.Position.Column}", fault.Message)]);
        }

        var translation = translator.Translate(read.Root, context, messageType);
        return new WrittenMessage(
            name,
            translation.MessageType,
            translation.IsWritten,
            [.. translation.UnreadElements()],
            [.. translation.Findings.Select(finding => new ConversionFinding(finding.Rule, finding.Location, finding.Message))])
        {
            Text = translation.Message,
        };
    }
}

/// <summary>What became of one bundle.</summary>
/// <param name="Type">Code and event, such as ORU_R01; null if nothing tells which message it is.</param>
/// <param name="UnreadElements">FHIRPaths of what the message does not say.</param>
internal sealed record WrittenMessage(string Message, string? Type, bool Converted, IReadOnlyList<string> UnreadElements, IReadOnlyList<ConversionFinding> Findings)
{
    /// <summary>The message, kept out of reports.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ReadOnlyMemory<byte> Text { get; init; }
}
