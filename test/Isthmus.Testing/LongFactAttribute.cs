using Xunit;

namespace Isthmus.Testing;

/// <summary>The long form of a crash, load or fuzz test: it runs with <c>./isthmus test --all</c> and is shown as skipped otherwise.</summary>
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() =>
        Skip = Environment.GetEnvironmentVariable("ISTHMUS_TEST_ALL") == "1" ? null : "a long form: ./isthmus test --all";
}
