using System.Text.RegularExpressions;
using Isthmus.Testing;

namespace Isthmus.Rules.Tests.Text;

/// <summary>What no source file says.</summary>
public sealed partial class CodeRules
{
    [Fact]
    public void Time_is_an_argument() => AssertAbsent(ReadsTheClock());

    /// <summary>A flusher has a thread of its own, which may pause so that more writes share one flush.</summary>
    private const string HasItsOwnThread = "src/Isthmus.Simulators/Effects/EffectLog.cs";

    [Fact]
    public void No_thread_sleeps_or_waits_for_a_task() => AssertAbsent(Blocks(), file => file.Name == HasItsOwnThread ? "" : file.Code);

    [Fact]
    public void Nothing_is_left_for_later() => AssertAbsent(Unfinished(), file => file.Text);

    [Fact, HostileRow("D10")]
    public void Regular_expressions_run_without_backtracking()
    {
        // Hostile input: a scan is linear by construction, an expression only by inspection. Those that there are (what FHIR's
        // definitions bring, paths in a contract) run without backtracking, which is linear too.
        var faults = Product.Sources
            .Where(file => file.Code.Contains("System.Text.RegularExpressions", StringComparison.Ordinal) && !file.Code.Contains("RegexOptions.NonBacktracking", StringComparison.Ordinal))
            .Select(file => file.Name);

        Faults.AreNone(faults);
    }

    /// <summary>XML is no format of ours. Whoever brings a reader of it in says here that it takes no DTD, resolves nothing and has bounds.</summary>
    [Fact, HostileRow("F03")]
    public void Nothing_reads_XML() => AssertAbsent(ReadsXml());

    [Fact]
    public void A_field_is_named_like_any_other_word() => AssertAbsent(Underscored());

    /// <summary>The driver throws one failure without a type of its own, which a loop that asks for the type would die of.</summary>
    private const string KnowsTheDriver = "src/Isthmus.Store/Connections/StoreFailure.cs";

    [Fact]
    public void Whether_the_store_failed_is_asked_in_one_place() => AssertAbsent(CatchesTheDriver(), file => file.Name == KnowsTheDriver ? "" : file.Code);

    private static void AssertAbsent(Regex pattern, Func<SourceFile, string>? part = null) =>
        Faults.AreNone(Product.Sources.SelectMany(file =>
            pattern.Matches((part ?? (source => source.Code))(file)).Select(match => $"{file.At(match.Index)}: {match.Value}")));

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b|\bDateTime\.Today\b|\bEnvironment\.TickCount", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReadsTheClock();

    [GeneratedRegex(@"\bcatch \((Npgsql|Db)Exception\b|\b(is|or|not) (Npgsql\.)?(Npgsql|Db)Exception\b|\b(Npgsql|Db)Exception( \w+)? =>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CatchesTheDriver();

    [GeneratedRegex(@"\bThread\.Sleep\b|\.GetAwaiter\(\)\.GetResult\(\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\bSystem\.Xml\b|\bXml(Text)?Reader\b|\bXml(Document|Serializer)\b|\bX(Document|Element)\b|\bXPath|\bXsl|\bDataContractSerializer\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReadsXml();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|\bNotImplementedException\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\s*(private|internal)\s[^;(){}=""]*\s_\w+\s*[;=]", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Underscored();
}
