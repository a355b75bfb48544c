using Isthmus.Host.Bench;
using Isthmus.Host.Running;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Bench;

public sealed class TokensBenchTests
{
    [Fact]
    public void Tokens_are_asked_for_under_a_contract_that_allows_them_whatever_stands_first()
    {
        var demo = SiteOpening.Load(new DirectoryInfo(Repository.PathOf("site", "demo")));
        var reversed = demo with { ApiContracts = [.. demo.ApiContracts.Reverse()] };

        Assert.Equal("patient-app", TokensBench.ContractOf(demo).Name);
        Assert.Equal("patient-app", TokensBench.ContractOf(reversed).Name);
    }
}
