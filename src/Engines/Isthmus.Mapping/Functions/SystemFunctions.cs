using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>Names of coding systems and assigning authorities to URIs, by the site's tables.</summary>
internal static class SystemFunctions
{
    /// <summary>Local base, source and name; longer names are cut, which still tells them apart from others in practice.</summary>
    public const int LongestUri = 256;

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
        known = true;
        if (terminology.Systems.Find(name) is { } listed)
        {
            return Copy(listed.Code, uri);
        }

        // HL7nnnn names table nnnn (HL7 v2.5.1 table 0396).
        if (name.Length == 7 && name.StartsWith("HL7"u8) && !name[3..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            Hl7Table.CopyTo(uri);
            name[3..].CopyTo(uri[Hl7Table.Length..]);
            return Hl7Table.Length + 4;
        }

        if (IsUri(name))
        {
            return Copy(name, uri);
        }

        known = name is [(byte)'L'] || name.StartsWith("99"u8);
        return Local(run, terminology, name, uri);
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
            var length = !id.IsEmpty ? Universal(run, run.Text.Bytes(id), run.Text.Bytes(type), terminology, room)
                : terminology.Authorities.Find(run.Text.Bytes(name)) is { } listed ? Copy(listed.Code, room)
                : Local(run, terminology, run.Text.Bytes(name), room);
            run.Builder.Take(parent, at.Name, at.Repeats, length);
        };
    }

    /// <summary>A universal id and its type (table 0301) as a URI.</summary>
    public static RuleAction UniversalId(FunctionUse use)
    {
        var target = use.Target;
        var terminology = use.Terminology;
        var typeSource = use.Sources[1];
        return (run, frame, value) =>
        {
            var id = run.Text.Innermost(value);
            var at = target;
            if (!id.IsEmpty && run.Place(frame, ref at) is var parent and >= 0)
            {
                var type = run.Text.Innermost(typeSource(run, frame));
                run.Builder.Take(parent, at.Name, at.Repeats, Universal(run, run.Text.Bytes(id), run.Text.Bytes(type), terminology, run.Builder.Room(LongestUri)));
            }
        };
    }

    private static int Universal(TranslationRun run, ReadOnlySpan<byte> id, ReadOnlySpan<byte> type, TerminologySet terminology, Span<byte> uri)
    {
        if (IsUri(id))
        {
            return Copy(id, uri);
        }

        var prefix = type switch
        {
            [(byte)'I', (byte)'S', (byte)'O'] => "urn:oid:"u8,
            [(byte)'U', (byte)'U', (byte)'I', (byte)'D'] or [(byte)'G', (byte)'U', (byte)'I', (byte)'D'] => "urn:uuid:"u8,
            [(byte)'D', (byte)'N', (byte)'S'] => "urn:dns:"u8,
            [(byte)'U', (byte)'R', (byte)'I'] => "urn:uri:"u8,
            _ => [],
        };
        if (prefix.IsEmpty)
        {
            // CLIA, NPI and the like: the type is the authority, the id one of its numbers.
            return terminology.Authorities.Find(type) is { } listed ? Copy(listed.Code, uri) : Local(run, terminology, id, uri);
        }

        prefix.CopyTo(uri);
        var fits = id[..Math.Min(id.Length, uri.Length - prefix.Length)];
        fits.CopyTo(uri[prefix.Length..]);
        return prefix.Length + fits.Length;
    }

    private static bool IsUri(ReadOnlySpan<byte> text) => text.StartsWith("http://"u8) || text.StartsWith("https://"u8) || text.StartsWith("urn:"u8);

    /// <summary>A name of the source's own, behind the site's base: letters, digits, dot, dash and underscore stay, the rest is percent-encoded.</summary>
    private static int Local(TranslationRun run, TerminologySet terminology, ReadOnlySpan<byte> name, Span<byte> uri)
    {
        var length = Copy(terminology.LocalBase, uri[..(LongestUri / 2)]);
        length += System.Text.Encoding.UTF8.TryGetBytes(run.Context.Source, uri[length..], out var written) ? written : 0;
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
