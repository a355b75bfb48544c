using System.Buffers;
using System.Text.Json;
using Isthmus.Hl7v2;
using Isthmus.Mapping;

namespace Isthmus.Host.Conversion;

/// <summary>Messages on disk to FHIR bundles, without any store.</summary>
/// <param name="check">Whether each message is held against the standard, too; a departure is a finding and stops nothing.</param>
internal sealed class MessageConversion(Translator translator, TranslationContext context, bool check = false)
{
    private static readonly ConversionFinding EmptyFile = new("convert.file-empty", "message", "The file holds no message.");

    /// <summary>Every message of the files, with the file's name; the second message of a batch is NAME-2.</summary>
    public IEnumerable<ConvertedMessage> Convert(IEnumerable<string> files)
    {
        foreach (var path in files)
        {
            var number = 0;
            foreach (var message in Hl7Batch.Messages(File.ReadAllBytes(path)))
            {
                yield return Convert(message, Path.GetFileNameWithoutExtension(path) + (++number == 1 ? string.Empty : $"-{number}"));
            }

            if (number == 0)
            {
                yield return ConvertedMessage.Unread(Path.GetFileNameWithoutExtension(path), [EmptyFile]);
            }
        }
    }

    /// <summary>The files a path stands for: itself, or every .hl7 file of a folder.</summary>
    public static IEnumerable<string> Files(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.hl7", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];

    private ConvertedMessage Convert(ReadOnlyMemory<byte> message, string name)
    {
        var read = Hl7Message.Parse(message);
        var findings = read.Findings.Select(finding => new ConversionFinding(finding.RuleId, finding.Location.ToString(), finding.Text)).ToList();
        if (!read.IsReadable)
        {
            return ConvertedMessage.Unread(name, findings);
        }

        if (check)
        {
            findings.AddRange(Hl7Conformance.Check(read.Message).Select(finding => new ConversionFinding(finding.RuleId, finding.Location.ToString(), finding.Text)));
        }

        using var translation = translator.Translate(read.Message, context with { MessageReference = name });
        findings.AddRange(translation.Findings.Select(finding => new ConversionFinding(finding.Rule, finding.Location.ToString(), finding.Message)));
        var unread = translation.UnreadFields().Select(field => field.ToString()).ToList();
        if (translation.Resources.Count == 0)
        {
            return ConvertedMessage.Unread(name, findings);
        }

        var output = new ArrayBufferWriter<byte>();
        translation.WriteBundle(output);
        return new ConvertedMessage(name, true, translation.Resources.Count, unread, findings) { Bundle = output.WrittenMemory };
    }
}

/// <summary>What became of one message.</summary>
/// <param name="Converted">Whether it could be read and yielded resources.</param>
internal sealed record ConvertedMessage(string Message, bool Converted, int Resources, IReadOnlyList<string> UnreadFields, IReadOnlyList<ConversionFinding> Findings)
{
    /// <summary>The bundle as JSON, kept out of reports.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ReadOnlyMemory<byte> Bundle { get; init; }

    /// <summary>A message of which nothing could be made; its bundle says why.</summary>
    public static ConvertedMessage Unread(string name, IReadOnlyList<ConversionFinding> findings) => new(name, false, 0, [], findings)
    {
        Bundle = JsonSerializer.SerializeToUtf8Bytes(new
        {
            resourceType = "Bundle",
            type = "collection",
            entry = new[]
            {
                new
                {
                    resource = new
                    {
                        resourceType = "OperationOutcome",
                        issue = findings.DefaultIfEmpty(new ConversionFinding("mapping.message-unmapped", "message", "Nothing could be made of the message."))
                            .Select(finding => new { severity = "error", code = "structure", diagnostics = $"{finding.Rule} at {finding.Location}: {finding.Message}" }),
                    },
                },
            },
        }),
    };
}

internal sealed record ConversionFinding(string Rule, string Location, string Message);
