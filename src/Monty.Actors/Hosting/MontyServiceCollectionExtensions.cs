using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monty.Actors;
using Monty.Actors.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Durable sessions in a host.</summary>
public static class MontyServiceCollectionExtensions
{
    /// <summary>Adds an engine that runs while the host does (<see cref="MontyEngineHost"/>), on a store that somebody else owns.</summary>
    /// <remarks>
    /// Inject <see cref="MontyEngineHost"/>; <see cref="MontyEngine"/> itself is no service, as it is replaced when it loses its store. The store is disposed by whoever made it: one that the container made, after the
    /// engine. Problems go to the host's log, in the category <c>Monty.Actors.MontyEngine</c>, unless the options have an <see cref="MontyEngineOptions.OnProblem"/>.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Gives the engine's options when the host starts. What it throws fails the start, but a <see cref="SessionStoreException"/>: then it is asked again.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="InvalidOperationException">There is an engine already.</exception>
    public static IServiceCollection AddMonty(this IServiceCollection services, Func<IServiceProvider, MontyEngineOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Add(services, (provider, _) => Task.FromResult(options(provider)), ownsStore: false);
    }

    /// <summary>Adds an engine that runs while the host does, on a store that is opened for it and that it owns: it is disposed after the engine, with the host.</summary>
    /// <remarks><inheritdoc cref="AddMonty(IServiceCollection, Func{IServiceProvider, MontyEngineOptions})" path="/remarks"/></remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="options">
    /// Opens the store and gives the engine's options when the host starts. What it throws fails the start, but a <see cref="SessionStoreException"/>: then it is asked again, in
    /// the background. Its token is cancelled when the host stops.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="InvalidOperationException">There is an engine already.</exception>
    public static IServiceCollection AddMonty(
        this IServiceCollection services,
        Func<IServiceProvider, CancellationToken, Task<MontyEngineOptions>> options
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        return Add(services, options, ownsStore: true);
    }

    private static IServiceCollection Add(
        IServiceCollection services,
        Func<IServiceProvider, CancellationToken, Task<MontyEngineOptions>> options,
        bool ownsStore
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(s => s.ServiceType == typeof(MontyEngineHost)))
        {
            throw new InvalidOperationException("AddMonty was called before. A host has one engine; give all its tools there.");
        }

        return services
            .AddSingleton(provider => new MontyEngineHost(
                cancellationToken => options(provider, cancellationToken),
                ownsStore,
                provider.GetService<ILoggerFactory>() is { } logs ? new EngineLog(logs.CreateLogger<MontyEngine>()) : null,
                provider.GetService<TimeProvider>() ?? TimeProvider.System,
                provider.GetService<IHostApplicationLifetime>()
            ))
            .AddSingleton<IHostedService>(provider => provider.GetRequiredService<MontyEngineHost>());
    }
}
