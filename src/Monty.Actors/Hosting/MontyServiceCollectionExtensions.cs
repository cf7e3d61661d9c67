using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monty.Actors;
using Monty.Actors.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the engine of durable sessions in a host.</summary>
public static class MontyServiceCollectionExtensions
{
    /// <summary>Adds an engine that runs for the lifetime of the host (<see cref="MontyEngineHost"/>). The caller owns its store.</summary>
    /// <remarks>
    /// <para>Inject <see cref="MontyEngineHost"/>. <see cref="MontyEngine"/> is not registered, because it is replaced when it loses its store. A store that
    /// the container created is disposed by the container, after the engine.</para>
    /// <para>Problems go to the host's log, in the category <c>Monty.Actors.MontyEngine</c>, unless the options set
    /// <see cref="MontyEngineOptions.OnProblem"/>.</para>
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="options">
    /// Returns the engine's options when the host starts. If it throws <see cref="SessionStoreException"/>, it is called again later. Any other exception
    /// fails the start.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="InvalidOperationException">An engine was added before.</exception>
    public static IServiceCollection AddMonty(this IServiceCollection services, Func<IServiceProvider, MontyEngineOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Add(services, (provider, _) => Task.FromResult(options(provider)), ownsStore: false);
    }

    /// <summary>
    /// Adds an engine that runs for the lifetime of the host, and owns the store that the factory opens. The store is disposed with the host, after the
    /// engine.
    /// </summary>
    /// <remarks><inheritdoc cref="AddMonty(IServiceCollection, Func{IServiceProvider, MontyEngineOptions})" path="/remarks"/></remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="options">
    /// Opens the store and returns the engine's options when the host starts. If it throws <see cref="SessionStoreException"/>, it is called again later, in
    /// the background. Any other exception fails the start. Its token is canceled when the host stops.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="InvalidOperationException">An engine was added before.</exception>
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
