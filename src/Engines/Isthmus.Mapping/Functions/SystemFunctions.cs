using System.Buffers;
using System.Text;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>How a coding system's name stands: in a table of the site or of HL7, declared local (L, 99…, none), or neither.</summary>
internal enum SystemStanding
{
    Listed,
    Local,
    Unknown,
}

/// <summary>Names of coding systems and assigning authorities to URIs, by the site's tables.</summary>
internal static class SystemFunctions
{
    /// <summary>Local base, source and name; longer names are cut, which still tells them apart from others in practice.</summary>
    public const int LongestUri = 256;

    private const int MostOfName = 32;

    private static readonly byte[] UriSystem = "urn:ietf:rfc:3986"u8.ToArray();

    private static ReadOnlySpan<byte> Hl7Table => "http://terminology.hl7.org/CodeSystem/v2-"u8;

    public static RuleAction CodingSystem(FunctionUse use)
    {
        var target = use.Target;
        var terminology = use.Terminology;
        return (run, frame, value) =>
        {
            var name = run.Text.Innermost(value);
            var at = target;
            if (!name.IsEmpty && run.Place(frame, ref at) is var parent and >= 0)
            {
                WriteCodingSystem(run, parent, at.Name, name, terminology);
            }
        };
    }

    /// <summary>Writes the URI of a coding system's name (CWE.3); nothing for an empty name.</summary>
    public static void WriteCodingSystem(TranslationRun run, int element, int name, Slice system, TerminologySet terminology)
    {
        if (system.IsEmpty)
        {
            return;
        }

        var length = CodingSystemUri(run, system, terminology, run.Builder.Room(LongestUri), out var known);
        run.Builder.Take(element, name, repeats: false, length);
        if (!known)
        {
            run.Find(FindingRules.SystemUnknown.Rule, system, FindingRules.SystemUnknown.Message);
        }
    }

    /// <param name="known">False where a local name had to stand in for a system that is not declared local (L, 99…).</param>
    public static int CodingSystemUri(TranslationRun run, Slice system, TerminologySet terminology, Span<byte> uri, out bool known)
    {
        var name = run.Text.Bytes(system);
        if (run.Trace is not null)
        {
            run.Look(terminology.Systems, name);
        }

        var length = CodingSystemUri(terminology, name, run.Context.Source, uri, out var standing);
        known = standing != SystemStanding.Unknown;
        return length;
    }

    /// <summary>The URI of a coding system as a source names it; without a name, that of what the source leaves nameless.</summary>
    public static int CodingSystemUri(TerminologySet terminology, ReadOnlySpan<byte> name, string source, Span<byte> uri, out SystemStanding standing)
    {
        standing = SystemStanding.Listed;
        if (terminology.Systems.Find(name) is { } listed)
        {
            return Copy(listed.Code, uri);
        }

        // HL7nnnn names table nnnn (HL7 v2.5.1 table 0396); some senders leave out its leading zeros.
        if (name.Length is > 3 and <= 7 && Ascii.EqualsIgnoreCase(name[..3], "HL7"u8) && !name[3..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            Hl7Table.CopyTo(uri);
            "0000"u8.CopyTo(uri[Hl7Table.Length..]);
            name[3..].CopyTo(uri[(Hl7Table.Length + 7 - name.Length)..]);
            return Hl7Table.Length + 4;
        }

        // Names of systems differ from each other by more than case.
        Span<byte> upper = stackalloc byte[MostOfName];
        if (name.Length <= MostOfName && Ascii.ToUpper(name, upper, out var changed) == OperationStatus.Done
            && !upper[..changed].SequenceEqual(name) && terminology.Systems.Find(upper[..changed]) is { } spelled)
        {
            return Copy(spelled.Code, uri);
        }

        if (UniversalIds.Write(name, [], uri) is var length and > 0)
        {
            return length;
        }

        standing = name is [] or [(byte)'L'] || name.StartsWith("99"u8) ? SystemStanding.Local : SystemStanding.Unknown;
        return Local(source, terminology, name, uri);
    }

    /// <summary>An assigning authority (HD: namespace, universal id, its type) to the system of an identifier.</summary>
    public static RuleAction Authority(FunctionUse use)
    {
        var target = use.Target;
        var terminology = use.Terminology;
        var (nameSource, idSource, typeSource) = (use.Sources[0], use.Sources[1], use.Sources[2]);
        return (run, frame, _) =>
        {
            var name = run.Text.Innermost(nameSource(run, frame));
            var id = run.Text.Innermost(idSource(run, frame));
            var type = run.Text.Innermost(typeSource(run, frame));
            var at = target;
            if ((name.IsEmpty && id.IsEmpty) || run.Place(frame, ref at) is not (var parent and >= 0))
            {
                return;
            }

            var room = run.Builder.Room(LongestUri);
            var length = !id.IsEmpty ? Universal(run, id, run.Text.Bytes(type), terminology, room)
                : run.Look(terminology.Authorities, run.Text.Bytes(name)) is { } listed ? Copy(listed.Code, room)
                : Local(run.Context.Source, terminology, run.Text.Bytes(name), room);
            run.Builder.Take(parent, at.Name, at.Repeats, length);
        };
    }

    /// <summary>
    /// A universal id and its type (table 0301) as a URI. Where the target is a string, an id that is none stays as it was sent; elsewhere
    /// a local name stands for it.
    /// </summary>
    public static RuleAction UniversalId(FunctionUse use)
    {
        var target = use.Target;
        var terminology = use.Terminology;
        var typeSource = use.Sources[1];
        return (run, frame, value) =>
        {
            var id = run.Text.Innermost(value);
            var at = target;
            if (id.IsEmpty || run.Place(frame, ref at) is not (var parent and >= 0))
            {
                return;
            }

            var type = run.Text.Bytes(run.Text.Innermost(typeSource(run, frame)));
            var room = run.Builder.Room(LongestUri);
            var length = target.Type == "string" ? UniversalIds.Write(run.Text.Bytes(id), type, room) : Universal(run, id, type, terminology, room);
            run.Builder.Take(parent, at.Name, at.Repeats, length > 0 ? length : run.WriteText(id));
        };
    }

    /// <summary>The system of an identifier whose value is a URI (RFC 3986); nothing where the universal id is none.</summary>
    public static RuleAction UniversalSystem(FunctionUse use)
    {
        var target = use.Target;
        var typeSource = use.Sources[1];
        return (run, frame, value) =>
        {
            var id = run.Text.Bytes(run.Text.Innermost(value));
            if (!id.IsEmpty && UniversalIds.Write(id, run.Text.Bytes(run.Text.Innermost(typeSource(run, frame))), run.Builder.Room(LongestUri)) > 0)
            {
                CodeFunctions.Constant(run, frame, target, UriSystem);
            }
        };
    }

    private static int Universal(TranslationRun run, Slice at, ReadOnlySpan<byte> type, TerminologySet terminology, Span<byte> uri)
    {
        var id = run.Text.Bytes(at);
        if (UniversalIds.Write(id, type, uri) is var length and > 0)
        {
            return length;
        }

        // CLIA, NPI and the like: the type is the authority, the id one of its numbers.
        if (run.Look(terminology.Authorities, type) is { } listed)
        {
            return Copy(listed.Code, uri);
        }

        if (UniversalIds.HasForm(type))
        {
            run.Find(FindingRules.UniversalIdInvalid.Rule, at, FindingRules.UniversalIdInvalid.Message);
        }

        return Local(run.Context.Source, terminology, id, uri);
    }

    /// <summary>A name of the source's own, behind the site's base: letters, digits, dot, dash and underscore stay, the rest is percent-encoded.</summary>
    private static int Local(string source, TerminologySet terminology, ReadOnlySpan<byte> name, Span<byte> uri)
    {
        var length = Copy(terminology.LocalBase, uri[..(LongestUri / 2)]);
        length += Encoding.UTF8.TryGetBytes(source, uri[length..], out var written) ? written : 0;
        uri[length++] = (byte)'/';
        foreach (var b in name)
        {
            if (length + 3 > LongestUri)
            {
                break;
            }

            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'_')
            {
                uri[length++] = b;
            }
            else
            {
                uri[length++] = (byte)'%';
                uri[length++] = (byte)"0123456789ABCDEF"[b >> 4];
                uri[length++] = (byte)"0123456789ABCDEF"[b & 15];
            }
        }

        return length;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> to)
    {
        text = text[..Math.Min(text.Length, to.Length)];
        text.CopyTo(to);
        return text.Length;
    }
}
